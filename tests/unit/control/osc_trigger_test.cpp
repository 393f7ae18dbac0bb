#include "control/triggers/osc_trigger.hpp"

#include "control/triggers/osc_reader.hpp"
#include "unit/control/osc_bytes.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace midinet::control {
namespace {

constexpr const char* kOurs = "/midinet/failover/switch";

const io::IpAddress kFriend = io::parse_ip("192.168.1.7").value();
const io::IpAddress kStranger = io::parse_ip("192.168.2.7").value();

OscTrigger trigger() { return {kOurs, {IpRange::parse("192.168.1.0/24").value()}}; }

OscVerdict judged(const std::string& packet) { return trigger().judge(as_view(packet), kFriend); }

std::string nested(unsigned depth) {
    std::string packet = osc_message(kOurs);
    for (unsigned i = 0; i < depth; ++i) packet = osc_bundle({packet});
    return packet;
}

TEST(OscTrigger, FiresWithAndWithoutArguments) {
    EXPECT_EQ(judged(osc_message(kOurs)), OscVerdict::Fire);
    EXPECT_EQ(judged(osc_text(kOurs)), OscVerdict::Fire) << "no type tags, as old senders do";
    EXPECT_EQ(judged(osc_message(kOurs, "i", osc_int(1))), OscVerdict::Fire);
    EXPECT_EQ(judged(osc_message(kOurs, "i", osc_int(-1))), OscVerdict::Fire);
    EXPECT_EQ(judged(osc_message(kOurs, "f", osc_float(0.1F))), OscVerdict::Fire);
    EXPECT_EQ(judged(osc_message(kOurs, "d", osc_double(1))), OscVerdict::Fire);
    EXPECT_EQ(judged(osc_message(kOurs, "h", osc_number(1ULL << 40U, 8))), OscVerdict::Fire);
    for (const char* tag : {"T", "N", "I", "[]"})
        EXPECT_EQ(judged(osc_message(kOurs, tag)), OscVerdict::Fire) << tag;
    EXPECT_EQ(judged(osc_message(kOurs, "s", osc_text("0"))), OscVerdict::Fire);
    EXPECT_EQ(judged(osc_message(kOurs, "b", osc_int(3) + "abc" + '\0')), OscVerdict::Fire);
}

TEST(OscTrigger, ReleaseOfAButtonDoesNotFireAndIsCounted) {
    auto osc = trigger();
    for (const auto& release :
         {osc_message(kOurs, "i", osc_int(0)), osc_message(kOurs, "f", osc_float(0)),
          osc_message(kOurs, "f", osc_float(-0.0F)), osc_message(kOurs, "d", osc_double(0)),
          osc_message(kOurs, "h", osc_number(0, 8)), osc_message(kOurs, "F"),
          osc_message(kOurs, "f", osc_float(std::numeric_limits<float>::quiet_NaN()))})
        EXPECT_EQ(osc.judge(as_view(release), kFriend), OscVerdict::NotForUs);
    EXPECT_EQ(osc.counters(), (OscCounters{.not_for_us = 7, .releases = 7}));
}

TEST(OscTrigger, OnlyTheFirstArgumentIsLookedAt) {
    EXPECT_EQ(judged(osc_message(kOurs, "ii", osc_int(1) + osc_int(0))), OscVerdict::Fire);
    EXPECT_EQ(judged(osc_message(kOurs, "is", osc_int(0) + osc_text("x"))), OscVerdict::NotForUs);
    EXPECT_EQ(judged(osc_message(kOurs, "si", osc_text("x") + osc_int(0))), OscVerdict::Fire);
}

TEST(OscTrigger, OtherAddressesAreNotForUs) {
    for (const char* other : {"/midinet/failover/switch2", "/midinet/failover", "/", "/Midinet"})
        EXPECT_EQ(judged(osc_message(other, "i", osc_int(1))), OscVerdict::NotForUs) << other;
    EXPECT_EQ(judged(osc_bundle({})), OscVerdict::NotForUs);
}

TEST(OscTrigger, PatternThatMatchesFires) {
    EXPECT_EQ(judged(osc_message("/midinet/*/switch")), OscVerdict::Fire);
    EXPECT_EQ(judged(osc_message("/{midinet,other}/failover/sw?tc[a-h]")), OscVerdict::Fire);
    EXPECT_EQ(judged(osc_message("/*")), OscVerdict::NotForUs);
    EXPECT_EQ(judged(osc_message("/midinet/[failover/switch")), OscVerdict::Malformed);
}

TEST(OscTrigger, StrangerIsRefusedBeforeAnythingIsRead) {
    auto osc = trigger();
    EXPECT_EQ(osc.judge(as_view(osc_message(kOurs)), kStranger), OscVerdict::NotAllowed);
    EXPECT_EQ(osc.judge(as_view("rubbish"), kStranger), OscVerdict::NotAllowed);
    EXPECT_EQ(osc.counters(), (OscCounters{.not_allowed = 2}));
}

TEST(OscTrigger, WithoutAllowedSourcesNobodyFires) {
    OscTrigger osc{kOurs, {}};
    EXPECT_EQ(osc.judge(as_view(osc_message(kOurs)), kFriend), OscVerdict::NotAllowed);
}

TEST(OscTrigger, SenderMappedIntoIpv6IsHeldAgainstIpv4Ranges) {
    EXPECT_EQ(
        trigger().judge(as_view(osc_message(kOurs)), io::parse_ip("::ffff:192.168.1.9").value()),
        OscVerdict::Fire);
}

TEST(OscTrigger, CountsEachVerdict) {
    auto osc = trigger();
    osc.judge(as_view(osc_message(kOurs)), kFriend);
    osc.judge(as_view(osc_message("/other")), kFriend);
    osc.judge(as_view("junk"), kFriend);
    osc.judge(as_view(osc_message(kOurs)), kStranger);
    EXPECT_EQ(osc.counters(), (OscCounters{1, 1, 1, 1, 0}));
}

TEST(OscTriggerBundle, FiresOnceHoweverManyOfItsMessagesDo) {
    auto osc = trigger();
    EXPECT_EQ(osc.judge(as_view(osc_bundle({osc_message(kOurs), osc_message("/other"),
                                            osc_message(kOurs, "i", osc_int(1))})),
                        kFriend),
              OscVerdict::Fire);
    EXPECT_EQ(osc.counters(), (OscCounters{.fired = 1}));
}

TEST(OscTriggerBundle, FiresForAPressBesideARelease) {
    EXPECT_EQ(judged(osc_bundle(
                  {osc_message(kOurs, "i", osc_int(1)), osc_message(kOurs, "i", osc_int(0))})),
              OscVerdict::Fire);
}

TEST(OscTriggerBundle, IsReadFourDeepAndNoDeeper) {
    EXPECT_EQ(judged(nested(1)), OscVerdict::Fire);
    EXPECT_EQ(judged(nested(4)), OscVerdict::Fire);
    EXPECT_EQ(judged(nested(5)), OscVerdict::Malformed);
    EXPECT_EQ(judged(nested(200)), OscVerdict::Malformed);
}

TEST(OscTriggerBundle, IsMalformedAsAWholeWhenOneMessageIs) {
    EXPECT_EQ(judged(osc_bundle({osc_message(kOurs), osc_message("/a", "i")})),
              OscVerdict::Malformed);
    EXPECT_EQ(judged(osc_bundle({osc_message(kOurs), osc_message("/a[")})), OscVerdict::Malformed);
}

class OscTriggerCalls : public testing::TestWithParam<std::string> {};
TEST_P(OscTriggerCalls, Malformed) { EXPECT_EQ(judged(GetParam()), OscVerdict::Malformed); }
INSTANTIATE_TEST_SUITE_P(
    Packets, OscTriggerCalls,
    testing::Values("", "/", "/abc", "abcd", std::string(4, '\0'), std::string(8, '\0'),
                    osc_text(kOurs) + "x", osc_text("no_slash") + osc_text(","),
                    osc_text(kOurs) + "xyz" + '\0', osc_text(kOurs) + ",iii",
                    osc_message(kOurs, "i"), osc_message(kOurs, "d", osc_int(1)),
                    osc_message(kOurs, "Q", osc_int(1)), osc_message(kOurs, "s", "abcd"),
                    osc_message(kOurs, "["), osc_message(kOurs, "]"),
                    std::string("/a\0x,\0\0\0", 8),                       // padded with an x
                    osc_message(kOurs, "b"),                              // reads behind the packet
                    osc_message(kOurs, "bb", osc_number(0x7FFFFFF0, 4)),  // jumps 2 GB
                    osc_message(kOurs, "b", osc_number(0xFFFFFFFF, 4)),   // wraps
                    osc_message(kOurs, "b", osc_number(8, 4) + "abcd"),   // longer than the packet
                    osc_text("#bundle"), osc_text("#bundlf") + osc_number(1, 8),  //
                    osc_bundle({}) + osc_number(0xFFFFFFFC, 4),                   // counts for ever
                    osc_bundle({}) + osc_number(0, 4),                            //
                    osc_bundle({}) + osc_number(8, 4) + "/a", osc_bundle({"/abc/d"}),
                    osc_message(kOurs, "b", osc_number(9000, 4) + std::string(9000, 'x'))));

TEST(OscReader, GivesTheFirstArgumentWhereItIsANumber) {
    const auto value = [](std::string_view tags, const std::string& arguments) {
        std::optional<double> found;
        EXPECT_TRUE(read_osc(as_view(osc_message("/a", std::string(tags), arguments)),
                             [&](const OscMessage& message) {
                                 found = message.value;
                                 return message.pattern == "/a";
                             }))
            << tags;
        return found;
    };
    EXPECT_EQ(value("i", osc_int(-1)), -1.0);
    EXPECT_EQ(value("i", osc_int(0x7FFFFFFF)), 2147483647.0);
    EXPECT_EQ(value("h", osc_number(0xFFFFFFFFFFFFFFFE, 8)), -2.0);
    EXPECT_EQ(value("f", osc_float(0.5F)), 0.5);
    EXPECT_EQ(value("dii", osc_double(-0.25) + osc_int(1) + osc_int(2)), -0.25);
    EXPECT_EQ(value("F", ""), 0.0);
    EXPECT_EQ(value("T", ""), std::nullopt);
    EXPECT_EQ(value("si", osc_text("1") + osc_int(1)), std::nullopt);
    EXPECT_EQ(value("", ""), std::nullopt);
}

TEST(OscReader, KnowsTheLengthOfEveryTypeOfOscOneAndItsUsualExtensions) {
    EXPECT_TRUE(
        read_osc(as_view(osc_message("/a", "ifsbhtdScrmTFNI[i]",
                                     osc_int(1) + osc_float(1) + osc_text("text") + osc_int(5) +
                                         "blob5" + std::string(3, '\0') + osc_number(1, 8) +
                                         osc_number(2, 8) + osc_double(3) + osc_text("symbol") +
                                         osc_int('c') + osc_int(4) + osc_int(5) + osc_int(6))),
                 [](const OscMessage&) { return true; }));
}

}  // namespace
}  // namespace midinet::control
