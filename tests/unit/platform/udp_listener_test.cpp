#include "platform/posix/udp_listener.hpp"

#include "platform/linux/epoll_waiter.hpp"
#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/steady_clock.hpp"
#include "platform/posix/udp_network.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <thread>

namespace midinet::platform {
namespace {

using testing::HasSubstr;

const std::array<std::byte, 4> kHello{std::byte{'/'}, std::byte{'a'}, std::byte{0}, std::byte{0}};

/// Waits up to five seconds for a datagram, without sleeping.
std::optional<io::Heard> next(io::DatagramListener& listener, std::span<std::byte> buffer) {
    auto waiter = EpollWaiter::create().value();
    EXPECT_TRUE(waiter->watch(listener.handle(), 1, true, false));
    std::array<io::Ready, 1> ready;
    waiter->wait(SteadyClock{}.now() + 5s, ready);
    return listener.receive(buffer);
}

/// Sends from ::1 and gives the port it sent from; 0 when this machine has no IPv6.
std::uint16_t send_from_ipv6(std::uint16_t port, ByteView bytes) {
    const FileDescriptor fd(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(port);
    to.sin6_addr = in6addr_loopback;
    const auto generic = [](sockaddr_in6* address) {
        return static_cast<sockaddr*>(static_cast<void*>(address));
    };
    if (!fd.valid() ||
        ::sendto(fd.get(), bytes.data(), bytes.size(), 0, generic(&to), sizeof to) < 0)
        return 0;
    sockaddr_in6 from{};
    socklen_t size = sizeof from;
    ::getsockname(fd.get(), generic(&from), &size);
    return ntohs(from.sin6_port);
}

TEST(UdpListener, HearsIpv4AndNamesItsSender) {
    auto listener = UdpListener::open(0).value();
    auto sender = UdpNetwork{}.open_unicast("lo", 0, false).value();
    ASSERT_TRUE(sender->send({INADDR_LOOPBACK, listener->local().port}, kHello));
    std::array<std::byte, 16> buffer{};
    const auto heard = next(*listener, buffer);
    ASSERT_TRUE(heard);
    EXPECT_THAT(heard->bytes, testing::ElementsAreArray(kHello));
    EXPECT_EQ(to_string(heard->from), io::to_string(sender->local()));
}

TEST(UdpListener, HearsIpv6OnTheSamePort) {
    auto listener = UdpListener::open(0).value();
    const auto port = send_from_ipv6(listener->local().port, kHello);
    if (port == 0) GTEST_SKIP() << "this machine has no IPv6 on its loopback interface";
    std::array<std::byte, 16> buffer{};
    const auto heard = next(*listener, buffer);
    ASSERT_TRUE(heard);
    EXPECT_THAT(heard->bytes, testing::ElementsAreArray(kHello));
    EXPECT_EQ(to_string(heard->from), "[::1]:" + std::to_string(port));
    EXPECT_EQ(to_string(listener->local().address), "::");
}

TEST(UdpListener, GivesNothingWhenNothingIsWaiting) {
    auto listener = UdpListener::open(0).value();
    std::array<std::byte, 16> buffer{};
    EXPECT_FALSE(listener->receive(buffer));
}

TEST(UdpListener, DatagramLongerThanTheBufferIsCut) {
    auto listener = UdpListener::open(0).value();
    auto sender = UdpNetwork{}.open_unicast("lo", 0, false).value();
    ASSERT_TRUE(sender->send({INADDR_LOOPBACK, listener->local().port}, kHello));
    std::array<std::byte, 2> buffer{};
    EXPECT_EQ(next(*listener, buffer)->bytes.size(), 2U);
}

TEST(UdpListener, BusyPortNamesTheToolThatFindsItsOwner) {
    auto first = UdpListener::open(0).value();
    const auto port = first->local().port;
    const auto second = UdpListener::open(port);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().message,
              "listening on UDP port " + std::to_string(port) +
                  ": Address already in use; another program holds the port: `ss -ulpn 'sport = :" +
                  std::to_string(port) + "'` says which one");
}

TEST(UdpListener, PortBusyForIpv4AloneIsBusy) {
    auto first = UdpNetwork{}.open_unicast("lo", 0, false).value();
    const auto second = UdpListener::open(first->local().port);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().message, HasSubstr("ss -ulpn"));
}

/// From now on this thread's kernel knows no AF_INET6, as one booted with ipv6.disable=1.
bool take_ipv6_away() {
    std::array<sock_filter, 6> program{{
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, nr)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, __NR_socket},
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(seccomp_data, args)},  // its low half
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, AF_INET6},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | EAFNOSUPPORT},
        {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
    }};
    const sock_fprog filter{program.size(), program.data()};
    return std::endian::native == std::endian::little &&
           ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(UdpListener, WithoutIpv6HearsIpv4) {
    bool taken_away = false;
    std::string opened;
    std::string heard_from;
    auto sender = UdpNetwork{}.open_unicast("lo", 0, false).value();
    std::thread poorer([&] {  // the filter ends with its thread
        taken_away = take_ipv6_away();
        auto listener = UdpListener::open(0).value();
        opened = to_string(listener->local().address);
        std::array<std::byte, 16> buffer{};
        (void)sender->send({INADDR_LOOPBACK, listener->local().port}, kHello);
        if (const auto heard = next(*listener, buffer)) heard_from = to_string(heard->from);
    });
    poorer.join();
    if (!taken_away) GTEST_SKIP() << "seccomp filters are not permitted here";
    EXPECT_EQ(opened, "0.0.0.0");
    EXPECT_EQ(heard_from, io::to_string(sender->local()));
}

}  // namespace
}  // namespace midinet::platform
