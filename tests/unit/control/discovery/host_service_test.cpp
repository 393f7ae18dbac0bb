// What hosts say of themselves in TXT records, and what others may write there.
#include "control/discovery/host_service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace midinet::control {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

HostService some_service() {
    return {.id = HostId{2},
            .epoch = Epoch{17},
            .role = wire::Role::Mirror,
            .group = 0xEF455302,
            .data_port = 5004,
            .heartbeat_port = 5005,
            .control = {0xEF455364, 5006},
            .devices = 3,
            .device_name = "Akai APC40",
            .version = "0.1.0"};
}

std::vector<std::string> with(std::string entry) {
    auto entries = make_txt(some_service());
    const auto key = entry.substr(0, entry.find('=') + 1);
    for (auto& e : entries)
        if (e.starts_with(key)) e = entry;
    return entries;
}
std::vector<std::string> without(const std::string& key) {
    auto entries = make_txt(some_service());
    std::erase_if(entries, [&](const auto& e) { return e.starts_with(key + "="); });
    return entries;
}

TEST(HostServiceTxt, HasItsVersionFirstAndAKeyForEachFact) {
    EXPECT_THAT(make_txt(some_service()),
                ElementsAre("txtvers=1", "id=2", "role=mirror", "epoch=17", "group=239.69.83.2",
                            "dport=5004", "hport=5005", "cgroup=239.69.83.100", "cport=5006",
                            "devs=3", "ver=0.1.0", "dev=Akai APC40"));
}

TEST(HostServiceTxt, ComesBackAsItWas) {
    const auto read = parse_txt(make_txt(some_service()));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, some_service());
}

TEST(HostServiceTxt, HasNoDeviceKeyWithoutADevice) {
    auto service = some_service();
    service.device_name.clear();
    for (const auto& entry : make_txt(service)) EXPECT_FALSE(entry.starts_with("dev="));
    EXPECT_EQ(*parse_txt(make_txt(service)), service);
}

TEST(HostServiceTxt, LongNameIsCutBetweenCharactersToFitAnEntry) {
    auto service = some_service();
    for (int i = 0; i < 200; ++i) service.device_name += "\u00e9";
    const auto entry = make_txt(service).back();
    EXPECT_EQ(entry.size(), 254U) << "of 255 the last byte would be half a character";
    EXPECT_FALSE(parse_txt(make_txt(service))->device_name.empty());
}

TEST(HostServiceTxt, KeysAreReadInAnyCaseTheFirstCountsAndStrangeOnesDoNot) {
    auto entries = make_txt(some_service());
    entries[1] = "ID=2";
    for (const auto* strange : {"id=3", "admin=http://10.0.0.1", "flag", "=5", ""})
        entries.emplace_back(strange);
    const auto read = parse_txt(entries);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, some_service());
}

TEST(HostServiceTxt, MissingKeyIsNamed) {
    for (const std::string key :
         {"txtvers", "id", "role", "epoch", "group", "dport", "hport", "cgroup", "cport", "devs"}) {
        const auto read = parse_txt(without(key));
        ASSERT_FALSE(read) << key;
        EXPECT_EQ(read.error().message, "its TXT record has no " + key);
    }
    EXPECT_TRUE(parse_txt(without("ver")));
}

TEST(HostServiceTxt, WrongValueIsRefused) {
    for (const std::string entry :
         {"txtvers=2", "devs=0", "devs=9", "id=0", "id=65536", "id=-1", "id=1x", "id=", "id= 1",
          "role=king", "epoch=4294967296", "epoch=99999999999999999999999", "group=10.0.0.1",
          "group=239.69.83", "dport=0", "dport=65536", "hport=a", "cgroup=", "cport=1e3"}) {
        const auto read = parse_txt(with(entry));
        ASSERT_FALSE(read) << entry;
        EXPECT_THAT(read.error().message, HasSubstr("wrong " + entry.substr(0, entry.find('='))));
    }
}

TEST(HostServiceTxt, NamesThatCannotBeShownAreLeftOut) {
    using namespace std::string_literals;
    for (const auto& name : {"\xff"s, "\xc3"s, "\xc0\xaf"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s,
                             "line\nbreak"s, "nul\0byte"s, "\x1b[31m"s, "\x7f"s, "\xc2\x85"s}) {
        const auto read = parse_txt(with("dev=" + name));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->device_name, "") << name;
    }
    EXPECT_EQ(parse_txt(with("dev=\u00e9\u20ac\U0001F3B9"))->device_name, "\u00e9\u20ac\U0001F3B9");
}

TEST(HostServiceTxt, EntryLongerThanOneCanBeIsNoEntry) {
    EXPECT_FALSE(parse_txt(with("id=" + std::string(300, '0') + "1")));
}

RC_GTEST_PROP(HostServiceTxt, AnyBytesGiveAServiceOrASentence,
              (const std::vector<std::string>& entries, std::size_t at, const std::string& bytes)) {
    (void)parse_txt(entries);
    auto damaged = make_txt(some_service());
    damaged[at % damaged.size()] += bytes;
    if (const auto read = parse_txt(damaged)) {
        RC_ASSERT(read->id.value != 0);
        RC_ASSERT(io::is_multicast(read->group));
        RC_ASSERT(presentable(read->device_name) == read->device_name);
    } else {
        RC_ASSERT(!read.error().message.empty());
    }
}

TEST(InstanceName, IsCutToOneLabelAndNeverEmpty) {
    EXPECT_EQ(instance_name("foh"), "foh");
    EXPECT_EQ(instance_name(""), "MIDInet host");
    EXPECT_EQ(instance_name(std::string(62, 'a') + "\u00e9"), std::string(62, 'a'));
}

}  // namespace
}  // namespace midinet::control
