#include "platform/posix/udp_options.hpp"

#include "io/socket_buffer.hpp"
#include "platform/posix/new_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include <cerrno>

namespace midinet::platform {
namespace {

constexpr auto kBufferBytes = static_cast<int>(io::kSocketBufferBytes);
/// Expedited forwarding (RFC 3246), in the upper six bits of the TOS octet.
constexpr int kTosExpedited = 0xB8;

template <typename T>
bool set_option(int fd, int level, int name, const T& value) noexcept {
    return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/// Best effort: the forced form passes the system's limit and needs a privilege.
void raise_buffer(int fd, int forced, int polite) noexcept {
    if (!set_option(fd, SOL_SOCKET, forced, kBufferBytes))
        set_option(fd, SOL_SOCKET, polite, kBufferBytes);
}

ip_mreqn membership(std::uint32_t group, const Interface& on) noexcept {
    ip_mreqn request{};
    request.imr_multiaddr.s_addr = htonl(group);
    request.imr_ifindex = static_cast<int>(on.index);
    return request;
}

/// A group's is deaf to groups and interfaces that other sockets of this machine joined.
bool set_up(int fd, bool hears_group, bool shared) noexcept {
    const int yes = 1;
    const int no = 0;
    raise_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF);
    if (hears_group)
        return set_option(fd, SOL_SOCKET, SO_REUSEADDR, yes) &&
               set_option(fd, IPPROTO_IP, IP_MULTICAST_ALL, no);
    raise_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF);
    return !shared || set_option(fd, SOL_SOCKET, SO_REUSEADDR, yes);
}

}  // namespace

FileDescriptor open_udp(bool hears_group, bool shared) noexcept {
    FileDescriptor fd = new_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    if (fd.valid() && !set_up(fd.get(), hears_group, shared)) return FileDescriptor{};
    return fd;
}

bool join_group(int fd, std::uint32_t group, const Interface& on) noexcept {
    return set_option(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership(group, on)) ||
           errno == EADDRINUSE;
}

void leave_group(int fd, std::uint32_t group, const Interface& on) noexcept {
    set_option(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, membership(group, on));
}

bool send_through(int fd, const Interface& on) noexcept {
    ip_mreqn through{};
    through.imr_ifindex = static_cast<int>(on.index);
    const std::uint8_t ttl = 1;
    const std::uint8_t loop = 1;
    if (!set_option(fd, IPPROTO_IP, IP_MULTICAST_IF, through) ||
        !set_option(fd, IPPROTO_IP, IP_MULTICAST_TTL, ttl) ||
        !set_option(fd, IPPROTO_IP, IP_MULTICAST_LOOP, loop))
        return false;
#ifdef IP_UNICAST_IF
    // Best effort: unicast copies too leave here, even when the routing table knows no way.
    set_option(fd, IPPROTO_IP, IP_UNICAST_IF, htonl(on.index));
#endif
    // A network that ignores the mark, or a system that refuses it, still carries the datagrams.
    set_option(fd, IPPROTO_IP, IP_TOS, kTosExpedited);
    return true;
}

}  // namespace midinet::platform
