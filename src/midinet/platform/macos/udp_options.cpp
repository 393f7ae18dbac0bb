#include "platform/posix/udp_options.hpp"

#include "io/socket_buffer.hpp"
#include "platform/posix/new_socket.hpp"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace midinet::platform {
namespace {

/// Holds about a second of a full-rate stream while the receiver is stalled. The system refuses
/// what is above kern.ipc.maxsockbuf, and then gives nothing: half is asked for, and half of that.
constexpr auto kBufferBytes = static_cast<int>(io::kSocketBufferBytes);
constexpr int kLeastBytes = 64 * 1024;
/// Expedited forwarding (RFC 3246), in the upper six bits of the TOS octet.
constexpr int kTosExpedited = 0xB8;

template <typename T>
bool set_option(int fd, int level, int name, const T& value) noexcept {
    return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

void raise_buffer(int fd, int name) noexcept {
    for (int bytes = kBufferBytes; bytes >= kLeastBytes; bytes /= 2)
        if (set_option(fd, SOL_SOCKET, name, bytes)) return;
}

/// RFC 3678: by the interface's index.
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

/// Several sockets of one port: BSD asks for the second of the two for addresses that are no
/// group's.
bool share(int fd) noexcept {
    const int yes = 1;
    return set_option(fd, SOL_SOCKET, SO_REUSEADDR, yes) &&
           set_option(fd, SOL_SOCKET, SO_REUSEPORT, yes);
}

bool set_up(int fd, bool hears_group, bool shared) noexcept {
    raise_buffer(fd, SO_RCVBUF);
    if (!hears_group) raise_buffer(fd, SO_SNDBUF);
    return !(hears_group || shared) || share(fd);
}

}  // namespace

/// Deaf to groups that other sockets joined without being told so: macOS looks at the socket's own
/// memberships.
FileDescriptor open_udp(bool hears_group, bool shared) noexcept {
    FileDescriptor fd = new_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    if (fd.valid() && !set_up(fd.get(), hears_group, shared)) return FileDescriptor{};
    return fd;
}

bool join_group(int fd, std::uint32_t group, const Interface& on) noexcept {
    return set_option(fd, IPPROTO_IP, MCAST_JOIN_GROUP, membership(group, on)) ||
           errno == EADDRINUSE;
}

void leave_group(int fd, std::uint32_t group, const Interface& on) noexcept {
    set_option(fd, IPPROTO_IP, MCAST_LEAVE_GROUP, membership(group, on));
}

/// Unicast leaves where the routing table says: what binding a socket to an interface (IP_BOUND_IF)
/// does to what it hears from programs of this machine, Apple's documentation does not tell.
bool send_through(int fd, const Interface& on) noexcept {
    ip_mreqn through{};
    through.imr_ifindex = static_cast<int>(on.index);
    const std::uint8_t ttl = 1;
    const std::uint8_t loop = 1;
    if (!set_option(fd, IPPROTO_IP, IP_MULTICAST_IF, through) ||
        !set_option(fd, IPPROTO_IP, IP_MULTICAST_TTL, ttl) ||
        !set_option(fd, IPPROTO_IP, IP_MULTICAST_LOOP, loop))
        return false;
    // A network that ignores the mark, or a system that refuses it, still carries the datagrams.
    set_option(fd, IPPROTO_IP, IP_TOS, kTosExpedited);
    return true;
}

}  // namespace midinet::platform
