// What all systems say in the same words: RFC 3678 names an interface by its index.
#include "platform/posix/udp_options.hpp"

#include "platform/posix/socket_option.hpp"

#include <netinet/in.h>
#include <netinet/ip.h>

#include <cerrno>
#include <cstring>

namespace midinet::platform {
namespace {

/// Expedited forwarding (RFC 3246), in the upper six bits of the TOS octet.
constexpr int kTosExpedited = 0xB8;

group_req membership(std::uint32_t group, const Interface& on) noexcept {
    sockaddr_in address{};
#ifdef __APPLE__  // systems that came from BSD want the length too
    address.sin_len = sizeof address;
#endif
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(group);
    group_req request{};
    request.gr_interface = on.index;
    std::memcpy(&request.gr_group, &address, sizeof address);
    return request;
}

}  // namespace

bool join_group(int fd, std::uint32_t group, const Interface& on) noexcept {
    return set_option(fd, IPPROTO_IP, MCAST_JOIN_GROUP, membership(group, on)) ||
           errno == EADDRINUSE;
}

void leave_group(int fd, std::uint32_t group, const Interface& on) noexcept {
    set_option(fd, IPPROTO_IP, MCAST_LEAVE_GROUP, membership(group, on));
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
    // Best effort: unicast copies too leave here, even when the routing table knows no way. On
    // macOS they leave where that table says: what binding a socket to an interface (IP_BOUND_IF)
    // does to what it hears from programs of this machine, Apple's documentation does not tell.
    set_option(fd, IPPROTO_IP, IP_UNICAST_IF, htonl(on.index));
#endif
    // A network that ignores the mark, or a system that refuses it, still carries the datagrams.
    set_option(fd, IPPROTO_IP, IP_TOS, kTosExpedited);
    return true;
}

}  // namespace midinet::platform
