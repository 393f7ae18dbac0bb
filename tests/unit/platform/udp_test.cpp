#include "platform/native.hpp"
#include "platform/posix/advice.hpp"
#include "platform/posix/interfaces.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_network.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

namespace midinet::platform {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kGroupA = 0xEF'45'53'FA;  // 239.69.83.250
constexpr std::uint32_t kGroupB = 0xEF'45'53'FB;

const std::array<std::byte, 3> kNoteOn{std::byte{0x90}, std::byte{0x3C}, std::byte{0x64}};

/// Waits up to five seconds for a datagram, without sleeping.
std::vector<std::byte> next_datagram(io::DatagramSocket& socket, std::size_t room = 1500) {
    auto waiter = NativeWaiter::create().value();
    EXPECT_TRUE(waiter->watch(socket.handle(), 1, true, false));
    std::array<io::Ready, 1> ready;
    waiter->wait(SteadyClock{}.now() + 5s, ready);
    std::vector<std::byte> buffer(room);
    const auto received = socket.receive(buffer);
    if (!received) return {};
    return {received->bytes.begin(), received->bytes.end()};
}

std::uint16_t free_port() {
    UdpNetwork network;
    return network.open_unicast("lo", 0, false).value()->local().port;
}

int option(const io::DatagramSocket& socket, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(socket.handle(), level, name, &value, &size);
    return value;
}

TEST(UdpNetwork, MulticastSentOnLoopbackReachesEveryMemberThere) {
    UdpNetwork network;
    const io::Endpoint group{kGroupA, free_port()};
    auto first = network.open_group(group, "lo");
    auto second = network.open_group(group, "lo");
    ASSERT_TRUE(first) << first.error().message;
    ASSERT_TRUE(second) << second.error().message;
    auto sender = network.open_unicast("lo", 0, false).value();
    ASSERT_TRUE(sender->send(group, kNoteOn));
    EXPECT_THAT(next_datagram(**first), testing::ElementsAreArray(kNoteOn));
    EXPECT_THAT(next_datagram(**second), testing::ElementsAreArray(kNoteOn));
}

TEST(UdpNetwork, GroupSocketIsDeafToAnotherGroupOnTheSamePort) {
    UdpNetwork network;
    const std::uint16_t port = free_port();
    auto a = network.open_group({kGroupA, port}, "lo").value();
    auto b = network.open_group({kGroupB, port}, "lo").value();
    auto sender = network.open_unicast("lo", 0, false).value();
    ASSERT_TRUE(sender->send({kGroupB, port}, kNoteOn));
    EXPECT_EQ(next_datagram(*b).size(), kNoteOn.size());
    std::array<std::byte, 16> buffer;
    EXPECT_FALSE(a->receive(buffer));
}

TEST(UdpNetwork, GroupSocketIsDeafToTheGroupOnAnotherInterface) {
    UdpNetwork network;
    std::string other;
    for (const std::string& name : network.usable_interfaces())
        if (name != "lo") other = name;
    if (other.empty()) GTEST_SKIP() << "this machine has no second interface with an address";
    const io::Endpoint group{kGroupA, free_port()};
    auto there = network.open_group(group, other).value();
    auto here = network.open_group(group, "lo").value();
    auto sender = network.open_unicast("lo", 0, false).value();
    ASSERT_TRUE(sender->send(group, kNoteOn));
    EXPECT_EQ(next_datagram(*here).size(), kNoteOn.size());
    std::array<std::byte, 16> buffer;
    EXPECT_FALSE(there->receive(buffer));
}

TEST(UdpNetwork, UnicastAnswerGoesBackToTheSendersOwnPort) {
    UdpNetwork network;
    auto host = network.open_unicast("lo", 0, false).value();
    auto client = network.open_unicast("lo", 0, false).value();
    ASSERT_TRUE(client->send(host->local(), kNoteOn));
    auto waiter = NativeWaiter::create().value();
    EXPECT_TRUE(waiter->watch(host->handle(), 1, true, false));
    std::array<io::Ready, 1> ready;
    ASSERT_EQ(waiter->wait(SteadyClock{}.now() + 5s, ready), 1U);
    std::array<std::byte, 16> buffer;
    const auto received = host->receive(buffer);
    ASSERT_TRUE(received);
    EXPECT_EQ(received->from, client->local());
}

TEST(UdpNetwork, DatagramLongerThanTheBufferIsCut) {
    UdpNetwork network;
    auto socket = network.open_unicast("lo", 0, false).value();
    ASSERT_TRUE(socket->send(socket->local(), kNoteOn));
    EXPECT_EQ(next_datagram(*socket, 2).size(), 2U);
}

TEST(UdpNetwork, SendsExpeditedWithTtlOneAndLoopback) {
    UdpNetwork network;
    auto socket = network.open_unicast("lo", 0, false).value();
    EXPECT_EQ(option(*socket, IPPROTO_IP, IP_TOS), 0xB8);
    EXPECT_EQ(option(*socket, IPPROTO_IP, IP_MULTICAST_TTL), 1);
    EXPECT_EQ(option(*socket, IPPROTO_IP, IP_MULTICAST_LOOP), 1);
}

TEST(UdpNetwork, AbsentInterfaceIsAnsweredWithThoseThatExist) {
    UdpNetwork network;
    const auto opened = network.open_unicast("wrong0", 0, false);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("\"wrong0\""));
    EXPECT_THAT(opened.error().message, HasSubstr("this machine has: lo"));
}

TEST(UdpNetwork, BusyPortNamesTheToolThatFindsItsOwner) {
    UdpNetwork network;
    auto first = network.open_unicast("lo", 0, false).value();
    const auto second = network.open_unicast("lo", first->local().port, false);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr(who_holds_port(first->local().port)));
    EXPECT_THAT(second.error().message, HasSubstr("Address already in use"));
}

TEST(UdpNetwork, SharedPortMayBeOpenedTwice) {
    UdpNetwork network;
    const std::uint16_t port = free_port();
    auto first = network.open_unicast("lo", port, true);
    auto second = network.open_unicast("lo", port, true);
    EXPECT_TRUE(first);
    EXPECT_TRUE(second);
}

TEST(UdpNetwork, GroupMustBeMulticast) {
    UdpNetwork network;
    const auto opened = network.open_group({0x7F000001, 5004}, "lo");
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().message, HasSubstr("not a multicast address"));
}

const std::vector<Interface> kTwoCards{
    {.name = "lo", .index = 1, .address = 0x7F000001, .up = true, .loopback = true},
    {.name = "eth0", .index = 2, .address = 0x0A000001, .up = true, .loopback = false},
    {.name = "eth1", .index = 3, .address = 0x0A000002, .up = false, .loopback = false},
    {.name = "wlan0", .index = 4, .address = 0, .up = true, .loopback = false}};

TEST(Interfaces, ThoseThatAreUpWithAnAddressAreUsed) {
    EXPECT_THAT(usable_names(kTwoCards), testing::ElementsAre("eth0"));
}

TEST(Interfaces, LoopbackIsNeverUsedUnasked) {
    EXPECT_THAT(usable_names({kTwoCards[0], kTwoCards[3]}), testing::IsEmpty());
}

TEST(Interfaces, OneWithoutAnAddressIsRefusedWithTheRemedy) {
    const auto found = find_interface(kTwoCards, "wlan0");
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, HasSubstr("has no IPv4 address"));
}

TEST(Interfaces, OneThatIsDownIsRefusedWithTheRemedy) {
    const auto found = find_interface({{.name = "lo", .index = 1, .loopback = true}}, "lo");
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, HasSubstr("ip link set lo up"));
}

}  // namespace
}  // namespace midinet::platform
