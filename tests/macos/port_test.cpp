#include "support.hpp"

#include <numeric>

namespace midinet::platform {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using CoreMidiPortTest = MacTest;

Bytes sysex(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % 127);
    bytes.front() = 0xF0;
    bytes.back() = 0xF7;
    return bytes;
}

Bytes joined(const std::vector<Sent>& sent) {
    Bytes all;
    for (const auto& packet : sent) all.insert(all.end(), packet.bytes.begin(), packet.bytes.end());
    return all;
}

// Identity.

TEST_F(CoreMidiPortTest, BothDirectionsOfASinglePortHaveTheNameOfTheDeviceToTheLetter) {
    const auto port = open();
    for (const auto* endpoint : {&source("Akai APC40"), &destination("Akai APC40")}) {
        EXPECT_EQ(endpoint->texts.at("name"), "Akai APC40");
        EXPECT_EQ(endpoint->texts.at("manufacturer"), "Akai");
        EXPECT_EQ(endpoint->texts.at("model"), "APC40");
    }
    EXPECT_EQ(server_.endpoints().size(), 2U);
    EXPECT_EQ(port->info().name, "Akai APC40");
}

TEST_F(CoreMidiPortTest, SeveralPortsHaveTheirOwnNamesWithTheDeviceInFront) {
    const auto port = open(launchpad());
    EXPECT_THAT(port->info().ports,
                ElementsAre("Launchpad Pro Live Port", "Launchpad Pro Standalone Port",
                            "Launchpad Pro Standalone Port 2"));
    for (const auto& name : port->info().ports) {
        EXPECT_EQ(source(name).texts.at("model"), "Launchpad Pro");
        EXPECT_EQ(destination(name).texts.at("manufacturer"), "Focusrite");
    }
}

TEST_F(CoreMidiPortTest, ADeviceThatDoesNotSayWhoMadeItHasNoManufacturer) {
    auto device = apc40();
    device.manufacturer = device.product = "";
    const auto port = open(device);
    EXPECT_FALSE(source("Akai APC40").texts.contains("manufacturer"));
    EXPECT_EQ(source("Akai APC40").texts.at("model"), "Akai APC40");
}

TEST_F(CoreMidiPortTest, ANameBeyondAsciiIsTheSameLettersAndABrokenOneIsReadAsLatin1) {
    auto device = apc40();
    device.name = "Fader Größe 日本";
    const auto port = open(device);
    EXPECT_EQ(source("Fader Größe 日本").texts.at("name"), device.name);
    device.name =
        "Gr\xF6\xDF"
        "e";
    const auto other = open(device);
    EXPECT_EQ(source("Größe").texts.at("name"), "Größe");
}

TEST_F(CoreMidiPortTest, AConfiguredNameTakesThePlaceOfTheDevices) {
    const auto port = CoreMidiPortOpener("Lights", ids()).open(apc40());
    EXPECT_EQ(source("Lights").texts.at("model"), "APC40");
    EXPECT_EQ(server_.find("Akai APC40", true), nullptr);
}

// Unique ids.

TEST_F(CoreMidiPortTest, IdsAreTheSameAtEveryStart) {
    open(launchpad());
    auto port = open(launchpad());
    const auto before = all_ids();
    EXPECT_EQ(before.size(), 6U);
    port.reset();
    server_.reset();  // the system draws others now
    port = open(launchpad());
    EXPECT_EQ(all_ids(), before);
}

TEST_F(CoreMidiPortTest, IdsGoWithTheNameNotWithTheOrderOfStart) {
    auto first = open(apc40());
    auto second = open(launchpad());
    const auto apc = source("Akai APC40").id;
    const auto live = destination("Launchpad Pro Live Port").id;
    first.reset();
    second.reset();
    second = open(launchpad());
    first = open(apc40());
    EXPECT_EQ(source("Akai APC40").id, apc);
    EXPECT_EQ(destination("Launchpad Pro Live Port").id, live);
}

TEST_F(CoreMidiPortTest, AnIdThatSomebodyElseTookIsDrawnAgainAndKept) {
    auto port = open();
    const auto taken = source("Akai APC40").id;
    const auto kept = destination("Akai APC40").id;
    port.reset();
    server_.occupy(taken);
    port = open();
    const auto drawn = source("Akai APC40").id;
    EXPECT_NE(drawn, taken);
    EXPECT_EQ(destination("Akai APC40").id, kept);
    port.reset();
    port = open();
    EXPECT_EQ(source("Akai APC40").id, drawn);
}

TEST_F(CoreMidiPortTest, AnIdThatBecameFreeIsTheFirstOneAgain) {
    auto port = open();
    const auto oldest = source("Akai APC40").id;
    port.reset();
    server_.occupy(oldest);
    open().reset();
    server_.vacate(oldest);
    port = open();
    EXPECT_EQ(source("Akai APC40").id, oldest);
}

TEST_F(CoreMidiPortTest, TwoOfTheSameDeviceKeepAnIdEach) {
    auto first = open();
    auto second = open();
    const auto before = all_ids();
    first.reset();
    second.reset();
    first = open();
    second = open();
    EXPECT_EQ(all_ids(), before);
}

TEST_F(CoreMidiPortTest, PlaysAlthoughIdsCannotBeKeptAndSaysSo) {
    std::string said;
    const EndpointIds nowhere(directory_.path() / "no" / "such" / "place",
                              [&](const std::string& sentence) { said = sentence; });
    const auto port = CoreMidiPortOpener("", nowhere).open(apc40());
    ASSERT_TRUE(port);
    EXPECT_THAT(said, HasSubstr("the unique id of the MIDI port \"Akai APC40\" changes"));
}

// MIDI out.

TEST_F(CoreMidiPortTest, MessagesComeOutInOrderEachAPacketOfItsOwn) {
    const auto port = open();
    const auto now = macos_double::now();
    for (const Bytes& bytes : {Bytes{0x90, 60, 100}, Bytes{0xF8}, Bytes{0x80, 60, 0}})
        EXPECT_EQ(port->write({}, bytes, now), io::WriteResult::Taken);
    const auto ticks = macos_double::ticks_at(now);
    EXPECT_THAT(server_.sent(), ElementsAre(Sent{"Akai APC40", 1, ticks, {0x90, 60, 100}},
                                            Sent{"Akai APC40", 2, ticks, {0xF8}},
                                            Sent{"Akai APC40", 3, ticks, {0x80, 60, 0}}));
}

TEST_F(CoreMidiPortTest, EachPortHasItsSourceAndTheLastOneTakesWhatIsBeyond) {
    const auto port = open(launchpad());
    for (const PortIndex index : {PortIndex{0}, PortIndex{2}, PortIndex{9}})
        (void)port->write(index, Bytes{0xFE}, {});
    ASSERT_EQ(server_.sent().size(), 3U);
    EXPECT_EQ(server_.sent()[0].source, "Launchpad Pro Live Port");
    EXPECT_EQ(server_.sent()[1].source, "Launchpad Pro Standalone Port 2");
    EXPECT_EQ(server_.sent()[2].source, "Launchpad Pro Standalone Port 2");
}

TEST_F(CoreMidiPortTest, ALongSysExGoesOutInListsOfOnePacketThatFitsItsArray) {
    const auto port = open();
    const auto whole = sysex(3000);
    std::span<const std::uint8_t> rest(whole);
    while (!rest.empty()) {
        const auto piece = rest.first(std::min<std::size_t>(rest.size(), 1024));
        EXPECT_EQ(port->write({}, piece, macos_double::now()), io::WriteResult::Taken);
        rest = rest.subspan(piece.size());
    }
    EXPECT_EQ(joined(server_.sent()), whole);
    std::size_t list = 0;
    for (const auto& packet : server_.sent()) {
        EXPECT_LE(packet.bytes.size(), 256U);
        EXPECT_EQ(packet.list, ++list);
    }
    EXPECT_EQ(list, 12U);  // 4 + 4 + 4 (952 bytes)
}

TEST_F(CoreMidiPortTest, APieceOfExactlyOnePacketIsOne) {
    const auto port = open();
    (void)port->write({}, sysex(256), macos_double::now());
    (void)port->write({}, sysex(257), macos_double::now());
    ASSERT_EQ(server_.sent().size(), 3U);
    EXPECT_EQ(server_.sent()[2].bytes, Bytes{0xF7});
}

// Time stamps.

TEST_F(CoreMidiPortTest, StampsAreTheMomentsThatEventsBelongTo) {
    const auto port = open();
    const auto when = macos_double::now();
    macos_double::advance(7ms);
    (void)port->write({}, Bytes{0xF8}, when);
    EXPECT_EQ(server_.sent()[0].stamp, macos_double::ticks_at(when));
}

TEST_F(CoreMidiPortTest, AStampIsNeverAheadAndNeverOlderThanTenSeconds) {
    const auto port = open();
    const auto now = macos_double::now();
    (void)port->write({}, Bytes{0xF8}, now + 1h);
    (void)port->write({}, Bytes{0xF8}, now - 11s);
    (void)port->write({}, Bytes{0xF8}, {});
    for (const auto& packet : server_.sent()) EXPECT_EQ(packet.stamp, macos_double::ticks_at(now));
}

TEST_F(CoreMidiPortTest, StampsOfAPortNeverGoBackwards) {
    const auto port = open(launchpad());
    const auto now = macos_double::now();
    (void)port->write({0}, Bytes{0xF8}, now);
    (void)port->write({0}, Bytes{0xF8}, now - 5ms);
    (void)port->write({1}, Bytes{0xF8}, now - 5ms);
    ASSERT_EQ(server_.sent().size(), 3U);
    EXPECT_EQ(server_.sent()[1].stamp, macos_double::ticks_at(now));
    EXPECT_EQ(server_.sent()[2].stamp, macos_double::ticks_at(now - 5ms));
}

// Gone and back.

TEST_F(CoreMidiPortTest, IsLostWhenTheServerWasStartedAnewAndComesBackAsItWas) {
    auto port = open();
    const auto before = all_ids();
    server_.restart();
    EXPECT_EQ(port->write({}, Bytes{0xF8}, {}), io::WriteResult::Lost);
    EXPECT_EQ(port->write({}, Bytes{0xF8}, {}), io::WriteResult::Lost);
    port.reset();
    port = open();
    EXPECT_EQ(all_ids(), before);
    EXPECT_EQ(port->write({}, Bytes{0xF8}, {}), io::WriteResult::Taken);
    EXPECT_EQ(server_.sent().size(), 1U);
}

TEST_F(CoreMidiPortTest, NothingMoreOfASysExComesOutOnceAPacketOfItWasRefused) {
    const auto port = open();
    server_.refuse("MIDIReceived", kMIDIMessageSendErr);
    EXPECT_EQ(port->write({}, sysex(1024), {}), io::WriteResult::Lost);
    EXPECT_THAT(server_.sent(), IsEmpty());
}

TEST_F(CoreMidiPortTest, LeavesNothingBehind) {
    open(launchpad()).reset();
    EXPECT_THAT(server_.endpoints(), IsEmpty());
    EXPECT_EQ(server_.clients(), 0U);
    EXPECT_EQ(macos_double::strings_alive(), 0);
}

class CoreMidiPortRefusal : public MacTest, public testing::WithParamInterface<const char*> {};

TEST_P(CoreMidiPortRefusal, IsOneSentenceAndLeavesNothingBehind) {
    open().reset();  // so that there are ids to set
    server_.refuse(GetParam(), kMIDIServerStartErr);
    const auto port = CoreMidiPortOpener("", ids()).open(apc40());
    ASSERT_FALSE(port);
    EXPECT_THAT(port.error().message, HasSubstr("CoreMIDI refuses"));
    EXPECT_THAT(port.error().message, HasSubstr("-10839"));
    EXPECT_THAT(server_.endpoints(), IsEmpty());
    EXPECT_EQ(server_.clients(), 0U);
    EXPECT_EQ(macos_double::strings_alive(), 0);
}

INSTANTIATE_TEST_SUITE_P(Each, CoreMidiPortRefusal,
                         testing::Values("MIDIClientCreate", "MIDISourceCreate",
                                         "MIDIDestinationCreate", "MIDIObjectSetIntegerProperty",
                                         "MIDIObjectSetStringProperty"));

}  // namespace
}  // namespace midinet::platform
