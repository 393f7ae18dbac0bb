// Who the hosts are: beacon, book, own id. On the simulated network.
#include "control/identity_beacon.hpp"
#include "control/identity_book.hpp"
#include "control/own_id.hpp"
#include "control/watchdog.hpp"
#include "platform/sim/world.hpp"

#include <gtest/gtest.h>

namespace midinet::control {
namespace {

constexpr io::Endpoint kGroup{0xEF455364, 5006};

wire::Identity some_identity(std::uint32_t epoch = 7) {
    wire::Identity identity;
    identity.source = SourceId{1};
    identity.epoch = Epoch{epoch};
    identity.unicast_port = 5004;
    identity.host_name = wire::Name{"host-a"};
    describe_device({.name = "Akai APC40",
                     .manufacturer = "Akai",
                     .product = "APC40",
                     .serial = "42",
                     .usb_vendor = 0x09e8,
                     .usb_product = 0x0028,
                     .ports = {"APC40 MIDI 1", "APC40 MIDI 2"}},
                    identity);
    return identity;
}

class Hosts : public ::testing::Test {
  protected:
    Hosts() : node_(world_.add_node()), ear_(std::move(*node_.open_group(kGroup, "net0"))) {}

    IdentityBeacon beacon() {
        std::vector<std::unique_ptr<io::DatagramSocket>> sockets;
        sockets.push_back(std::move(*world_.add_node().open_unicast("net0", 0, false)));
        return {kGroup, SenderId{1}, std::move(sockets)};
    }
    std::optional<io::Received> hear() {
        world_.run_until(world_.now() + 1ms);
        return ear_->receive(buffer_);
    }

    platform::sim::World world_{1};
    platform::sim::Node& node_;
    std::unique_ptr<io::DatagramSocket> ear_;
    std::array<std::byte, wire::kMaxDatagram + 1> buffer_{};
};

TEST_F(Hosts, BeaconTellsTheIdentityAtOnceAndEveryFiveSeconds) {
    auto b = beacon();
    b.set(some_identity());
    b.on_timer(world_.now());
    EXPECT_TRUE(hear());
    b.on_timer(world_.now() + 4900ms);
    EXPECT_FALSE(hear());
    b.on_timer(world_.now() + 5000ms);
    EXPECT_TRUE(hear());
}

TEST_F(Hosts, BeaconAnswersQuestionsButNotAFloodOfThem) {
    auto b = beacon();
    b.set(some_identity());
    b.on_timer(world_.now());
    EXPECT_TRUE(hear());
    b.asked();
    b.on_timer(world_.now() + 50ms);
    EXPECT_FALSE(hear());
    b.on_timer(world_.now() + 101ms);
    EXPECT_TRUE(hear());
}

TEST_F(Hosts, BookKeepsWhatTheBeaconTellsAndGivesTheDeviceBack) {
    auto b = beacon();
    b.set(some_identity());
    b.on_timer(world_.now());
    const auto received = hear();
    ASSERT_TRUE(received);
    IdentityBook book;
    const auto* entry = book.take(received->bytes, received->from, world_.now());
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->door(), (io::Endpoint{received->from.address, 5004}));
    const auto device = device_of(entry->identity);
    EXPECT_EQ(device.name, "Akai APC40");
    EXPECT_EQ(device.usb_vendor, 0x09e8);
    EXPECT_EQ(device.ports, (std::vector<std::string>{"APC40 MIDI 1", "APC40 MIDI 2"}));
    EXPECT_EQ(book.take(received->bytes, received->from, world_.now()), nullptr)
        << "a repetition is no news";
}

/// What a USB device says of itself may be anything.
TEST(DeviceNames, OfAnyKindArriveWholeCutOrShown) {
    const auto after = [](const std::string& name) {
        wire::Identity identity = some_identity();
        describe_device({.name = name, .ports = {name, ""}}, identity);
        return device_of(identity);
    };
    std::string notes;
    for (int n = 0; n < 86; ++n) notes += "\u266a";
    EXPECT_EQ(after(notes).name, notes.substr(0, 63)) << "21 of them, whole";
    EXPECT_EQ(after(std::string(256, 'x')).name, std::string(63, 'x'));
    EXPECT_EQ(after("Cl\u00e9\n\x1b[31m").name, "Cl\u00e9??[31m");
    EXPECT_EQ(after("Cl\xe9").ports, (std::vector<std::string>{"Cl?", ""})) << "Latin-1";
    EXPECT_FALSE(after("").name.empty()) << "or no client would make its port";
}

TEST_F(Hosts, BookIgnoresGarbageAndOlderEpochs) {
    IdentityBook book;
    EXPECT_EQ(book.take({}, {}, world_.now()), nullptr);
    auto b = beacon();
    b.set(some_identity(9));
    b.on_timer(world_.now());
    const auto newer = hear();
    ASSERT_NE(book.take(newer->bytes, newer->from, world_.now()), nullptr);
    b.set(some_identity(8));
    b.on_timer(world_.now() + 1s);
    const auto older = hear();
    ASSERT_TRUE(older);
    EXPECT_EQ(book.take(older->bytes, older->from, world_.now()), nullptr);
    EXPECT_EQ(book.find(SourceId{1})->identity.epoch, Epoch{9});
}

TEST_F(Hosts, BookIsBounded) {
    IdentityBook book;
    auto b = beacon();
    auto now = world_.now();
    for (std::uint16_t id = 1; id <= IdentityBook::kMaxHosts + 5; ++id) {
        auto identity = some_identity();
        identity.source = SourceId{id};
        b.set(identity);
        b.on_timer(now += 1s);
        const auto received = hear();
        ASSERT_TRUE(received);
        EXPECT_EQ(book.take(received->bytes, received->from, world_.now()) != nullptr,
                  id <= IdentityBook::kMaxHosts);
    }
}

TEST_F(Hosts, BookBelievesALowerEpochOnceTheHigherOneHasBeenSilent) {
    IdentityBook book;
    auto b = beacon();
    b.set(some_identity(9));
    b.on_timer(world_.now());
    const auto newer = *hear();
    const auto began = world_.now();
    ASSERT_NE(book.take(newer.bytes, newer.from, began), nullptr);
    b.set(some_identity(8));
    b.on_timer(world_.now() + 1s);
    const auto older = *hear();
    EXPECT_EQ(book.take(older.bytes, older.from, began + IdentityBook::kForgetAfter), nullptr);
    EXPECT_NE(book.take(older.bytes, older.from, began + IdentityBook::kForgetAfter + 1ms),
              nullptr);
    EXPECT_EQ(book.find(SourceId{1})->identity.epoch, Epoch{8});
}

TEST_F(Hosts, FullBookForgetsWhoIsSilentForOneWhoIsHeard) {
    IdentityBook book;
    auto b = beacon();
    auto now = world_.now();
    const auto take = [&](std::uint16_t id, TimePoint when) {
        auto identity = some_identity();
        identity.source = SourceId{id};
        b.set(identity);
        b.on_timer(now += 1s);
        const auto received = hear();
        return book.take(received->bytes, received->from, when);
    };
    const auto began = world_.now();
    for (std::uint16_t id = 1; id <= IdentityBook::kMaxHosts; ++id)
        ASSERT_NE(take(id, began), nullptr);
    EXPECT_EQ(take(999, began + 1s), nullptr);
    EXPECT_NE(take(999, began + IdentityBook::kForgetAfter + 1s), nullptr);
}

TEST_F(Hosts, NamesThatChangeAllTheTimeAreTakenButNotRemarkable) {
    IdentityBook book;
    auto b = beacon();
    auto now = world_.now();
    unsigned remarkable = 0;
    for (int i = 0; i < 50; ++i) {
        auto identity = some_identity();
        identity.host_name = wire::Name{"host " + std::to_string(i)};
        b.set(identity);
        b.on_timer(now += 1s);
        const auto received = hear();
        const auto* entry =
            book.take(received->bytes, received->from, world_.now() + i * Duration{100ms});
        ASSERT_NE(entry, nullptr);
        remarkable += entry->is_remarkable ? 1 : 0;
    }
    EXPECT_EQ(remarkable, 5U);
}

TEST_F(Hosts, OwnIdHearsTheHighestEpochOfItsOwnSourceOnly) {
    auto speaker = std::move(*world_.add_node().open_unicast("net0", 0, false));
    const auto beat = [&](std::uint16_t source, std::uint32_t epoch) {
        std::array<std::byte, wire::kMaxDatagram> bytes;
        ByteWriter writer{bytes};
        wire::begin_datagram(writer,
                             {.kind = wire::PacketKind::Heartbeat, .sender = SenderId{source}});
        wire::encode_heartbeat(writer, {.source = SourceId{source}, .epoch = Epoch{epoch}});
        ASSERT_TRUE(wire::end_datagram(writer));
        speaker->send(kGroup, writer.written());
    };
    OwnId own{SourceId{3}};
    beat(4, 99);
    world_.run_until(world_.now() + 1ms);
    own.listen(*ear_);
    EXPECT_FALSE(own.heard());
    beat(3, 12);
    beat(3, 11);
    world_.run_until(world_.now() + 1ms);
    own.listen(*ear_);
    EXPECT_TRUE(own.heard());
    EXPECT_EQ(own.epoch(), Epoch{12});
    EXPECT_EQ(own.from(), speaker->local());
}

TEST(Watchdog, CallsAnEngineStuckOnlyWhenTheSameTurnStaysStale) {
    Watchdog dog;
    const TimePoint start{1s};
    EXPECT_FALSE(dog.stuck(start, start + 1s));
    EXPECT_FALSE(dog.stuck(start, start + 60s)) << "one look after a suspend is no proof";
    EXPECT_FALSE(dog.stuck(start + 60s, start + 60s + 10ms)) << "it turned again";
    bool stuck = false;
    for (int i = 0; i < 10; ++i) stuck = dog.stuck(start + 60s, start + 63s + i * 100ms);
    EXPECT_TRUE(stuck);
}

TEST(Watchdog, AnEngineThatTakesItsTimeToBeginIsNotStuckAtOnce) {
    Watchdog dog;
    const TimePoint start{1000s};
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(dog.stuck({}, start + i * 100ms));
    bool stuck = false;
    for (int i = 0; i < 20; ++i) stuck = dog.stuck({}, start + 2s + i * 100ms);
    EXPECT_TRUE(stuck);
}

}  // namespace
}  // namespace midinet::control
