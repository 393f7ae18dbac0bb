#include "platform/posix/udp_seat.hpp"

#include "platform/posix/membership_watch.hpp"
#include "platform/posix/udp_network.hpp"
#include "platform/posix/udp_options.hpp"
#include "platform/posix/udp_socket.hpp"

#include <gmock/gmock.h>

#include <array>

namespace midinet::platform {
namespace {

constexpr std::uint32_t kGroup = 0xEF'45'53'FC;  // 239.69.83.252
const std::array<std::byte, 3> kNoteOn{std::byte{0x90}, std::byte{0x3C}, std::byte{0x64}};

Interface loopback(std::uint32_t address = 0x7F000001) {
    return {.name = "lo", .index = 1, .address = address, .up = true, .loopback = true};
}

/// A socket in its seat, as a network makes them.
struct Seated {
    explicit Seated(UdpPurpose purpose) : seat(UdpSeat::open(purpose).value()), socket(seat) {}
    std::shared_ptr<UdpSeat> seat;
    UdpSocket socket;
    bool hears() {
        std::array<std::byte, 100> buffer{};
        return socket.receive(buffer).has_value();
    }
};

Seated member() {
    static std::uint16_t port = 20'000;
    return Seated({.at = {kGroup, ++port}, .interface = "lo", .shared = true});
}

/// Loopback delivers before `send` returns.
bool says(const Seated& to) {
    UdpNetwork network;
    return network.open_unicast("lo", 0, false).value()->send(to.seat->purpose().at, kNoteOn);
}

TEST(UdpSeat, WithoutItsInterfaceItNeitherSendsNorHears) {
    auto ear = member();
    Seated mouth({.at = {0, 0}, .interface = "lo"});
    EXPECT_FALSE(mouth.socket.send(ear.seat->purpose().at, kNoteOn));
    ASSERT_TRUE(says(ear));
    EXPECT_FALSE(ear.hears());
}

TEST(UdpSeat, TakesItsPlaceOnceTheInterfaceIsThere) {
    auto ear = member();
    Seated mouth({.at = {0, 0}, .interface = "lo"});
    for (auto* each : {&ear, &mouth}) {
        EXPECT_FALSE(each->seat->tend({}).moved);
        const auto tended = each->seat->tend({loopback()});
        EXPECT_TRUE(tended.moved);
        EXPECT_FALSE(tended.replaced) << "the same socket: who watches it may go on";
        EXPECT_FALSE(each->seat->tend({loopback()}).moved) << "said once";
    }
    EXPECT_TRUE(mouth.socket.send(ear.seat->purpose().at, kNoteOn));
    EXPECT_TRUE(ear.hears());
}

TEST(UdpSeat, WaitsForAnInterfaceThatIsDownOrHasNoAddress) {
    auto ear = member();
    auto down = loopback();
    down.up = false;
    EXPECT_FALSE(ear.seat->tend({down}).moved);
    EXPECT_FALSE(ear.seat->tend({loopback(0)}).moved);
    EXPECT_FALSE(ear.seat->settled());
}

TEST(UdpSeat, AnotherAddressKeepsTheHandleAndThePort) {
    Seated mouth({.at = {0, 0}, .interface = "lo"});
    ASSERT_TRUE(mouth.seat->settle(loopback()));
    const auto handle = mouth.socket.handle();
    const auto port = mouth.socket.local().port;
    const auto tended = mouth.seat->tend({loopback(0x7F000005)});
    EXPECT_TRUE(tended.replaced);
    EXPECT_TRUE(tended.moved);
    EXPECT_EQ(mouth.socket.handle(), handle);
    EXPECT_EQ(mouth.socket.local(), (io::Endpoint{0x7F000005, port}));
    Seated other({.at = {0, 0}, .interface = "lo"});
    ASSERT_TRUE(other.seat->settle(loopback()));
    ASSERT_TRUE(other.socket.send(mouth.socket.local(), kNoteOn));
    EXPECT_TRUE(mouth.hears());
}

TEST(UdpSeat, AnAddressThatCannotBeTakenLeavesTheOldOne) {
    Seated mouth({.at = {0, 0}, .interface = "lo"});
    ASSERT_TRUE(mouth.seat->settle(loopback()));
    const auto before = mouth.socket.local();
    EXPECT_FALSE(mouth.seat->tend({loopback(0x0A'63'63'63)}).replaced);
    EXPECT_EQ(mouth.socket.local(), before);
    EXPECT_EQ(mouth.seat->interface().address, 0x7F000001U) << "and it is tried again";
}

TEST(UdpSeat, ARenamedInterfaceIsTheSameOne) {
    auto ear = member();
    ASSERT_TRUE(ear.seat->settle(loopback()));
    auto renamed = loopback();
    renamed.name = "lan0";
    EXPECT_FALSE(ear.seat->tend({renamed}).moved);
    ASSERT_TRUE(says(ear));
    EXPECT_TRUE(ear.hears());
}

/// A watch over two sockets of one group: the membership is theirs together.
class WatchTest : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(ear_.seat->settle(loopback()));
        ASSERT_TRUE(other_.seat->settle(loopback()));
    }
    void look(unsigned times) {
        for (unsigned i = 0; i < times; ++i) watch_.look_at({ear_.seat, other_.seat});
    }
    /// Behind the seat's back, as a switch forgets.
    void forget() { leave_group(ear_.seat->fd(), kGroup, loopback()); }
    bool arrives() { return says(ear_) && ear_.hears(); }

    Seated ear_ = member();
    Seated other_ = member();
    MembershipWatch watch_;
};

TEST_F(WatchTest, AGroupThatIsQuietIsJoinedAgain) {
    forget();
    ASSERT_FALSE(arrives());
    look(MembershipWatch::kFirstQuiet + 1);
    EXPECT_TRUE(arrives());
}

TEST_F(WatchTest, AGroupThatIsHeardIsLeftAlone) {
    for (unsigned round = 0; round < 3 * MembershipWatch::kFirstQuiet; ++round) {
        ASSERT_TRUE(arrives());
        look(1);
    }
    forget();
    look(1);
    EXPECT_FALSE(arrives()) << "one quiet second is no reason";
}

TEST_F(WatchTest, OneSocketThatHearsSpeaksForAllOfItsGroup) {
    forget();
    for (unsigned round = 0; round < 3 * MembershipWatch::kFirstQuiet; ++round) {
        ASSERT_TRUE(says(other_));
        ASSERT_TRUE(other_.hears());
        look(1);
    }
    EXPECT_FALSE(arrives()) << "it was not joined anew";
}

TEST_F(WatchTest, WhatWaitsUnreadIsNotQuiet) {
    ASSERT_TRUE(says(ear_));
    forget();
    look(2 * MembershipWatch::kFirstQuiet);
    EXPECT_TRUE(ear_.hears());
    EXPECT_FALSE(arrives()) << "it was not joined anew";
}

TEST(UdpNetwork, TendsWhatIsStillOpen) {
    UdpNetwork network(UdpNetwork::Absent::Await);
    auto there = network.open_unicast("lo", 0, false).value();
    auto absent = network.open_group({kGroup, 21'000}, "absent0");
    ASSERT_TRUE(absent) << "opened all the same";
    { const auto gone = network.open_unicast("lo", 0, false).value(); }
    const auto tended = network.tend();
    EXPECT_FALSE(tended.replaced);
    EXPECT_TRUE(tended.news.empty());
    EXPECT_TRUE(network.check_interface("lo"));
    EXPECT_FALSE(network.check_interface("absent0"));
}

}  // namespace
}  // namespace midinet::platform
