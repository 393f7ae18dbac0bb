#include "platform/posix/udp_network.hpp"

#include "platform/posix/interfaces.hpp"
#include "platform/posix/udp_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include <cerrno>

namespace midinet::platform {
namespace {

/// Holds about a second of a full-rate stream while the receiver is stalled.
constexpr int kBufferBytes = 4 * 1024 * 1024;
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

std::string port_busy_advice(std::uint16_t port) {
    return "; another program holds the port: `ss -ulpn 'sport = :" + std::to_string(port) +
           "'` says which one";
}

Result<FileDescriptor> new_socket(const std::string& doing) {
    FileDescriptor fd(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP));
    if (!fd.valid()) return fail_errno(doing + ": no socket");
    return fd;
}

Result<void> bind_to(int fd, io::Endpoint endpoint, const std::string& doing) {
    const sockaddr_in address = to_sockaddr(endpoint);
    if (::bind(fd, as_sockaddr(&address), sizeof address) == 0) return {};
    const bool busy = errno == EADDRINUSE;
    auto failed = fail_errno(doing + ": cannot bind to " + io::to_string(endpoint));
    if (busy) failed.value().message += port_busy_advice(endpoint.port);
    return failed;
}

Result<void> join(int fd, std::uint32_t group, const Interface& on, const std::string& doing) {
    ip_mreqn request{};
    request.imr_multiaddr.s_addr = htonl(group);
    request.imr_ifindex = static_cast<int>(on.index);
    if (set_option(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, request)) return {};
    return fail_errno(doing + ": cannot join the group");
}

Result<void> send_through(int fd, const Interface& on, const std::string& doing) {
    ip_mreqn through{};
    through.imr_ifindex = static_cast<int>(on.index);
    const std::uint8_t ttl = 1;
    const std::uint8_t loop = 1;
    if (!set_option(fd, IPPROTO_IP, IP_MULTICAST_IF, through) ||
        !set_option(fd, IPPROTO_IP, IP_MULTICAST_TTL, ttl) ||
        !set_option(fd, IPPROTO_IP, IP_MULTICAST_LOOP, loop))
        return fail_errno(doing + ": cannot send multicast through it");
#ifdef IP_UNICAST_IF
    // Best effort: unicast copies too leave here, even when the routing table knows no way.
    set_option(fd, IPPROTO_IP, IP_UNICAST_IF, htonl(on.index));
#endif
    // A network that ignores the mark, or a system that refuses it, still carries the datagrams.
    set_option(fd, IPPROTO_IP, IP_TOS, kTosExpedited);
    return {};
}

}  // namespace

Result<std::unique_ptr<io::DatagramSocket>> UdpNetwork::open_group(io::Endpoint group,
                                                                   const std::string& interface) {
    const std::string doing = "opening group " + io::to_string(group) + " on \"" + interface + "\"";
    if (!io::is_multicast(group.address))
        return fail(doing + ": not a multicast address (224.0.0.0 to 239.255.255.255)", 2);
    auto on = find_interface(list_interfaces(), interface);
    if (!on) return fail(doing + ": " + on.error().message);
    auto fd = new_socket(doing);
    if (!fd) return tl::unexpected(fd.error());

    const int yes = 1;
    const int no = 0;
    // Bound to the group, and deaf to groups and interfaces that other sockets of this machine
    // joined.
    if (!set_option(fd->get(), SOL_SOCKET, SO_REUSEADDR, yes) ||
        !set_option(fd->get(), IPPROTO_IP, IP_MULTICAST_ALL, no))
        return fail_errno(doing);
    raise_buffer(fd->get(), SO_RCVBUFFORCE, SO_RCVBUF);
    if (auto bound = bind_to(fd->get(), group, doing); !bound) return tl::unexpected(bound.error());
    if (auto joined = join(fd->get(), group.address, *on, doing); !joined)
        return tl::unexpected(joined.error());
    return UdpSocket::adopt(std::move(*fd));
}

Result<std::unique_ptr<io::DatagramSocket>> UdpNetwork::open_unicast(const std::string& interface,
                                                                     std::uint16_t port,
                                                                     bool shared) {
    const std::string doing = (port == 0 ? std::string("opening a UDP socket")
                                         : "opening UDP port " + std::to_string(port)) +
                              " on \"" + interface + "\"";
    auto on = find_interface(list_interfaces(), interface);
    if (!on) return fail(doing + ": " + on.error().message);
    auto fd = new_socket(doing);
    if (!fd) return tl::unexpected(fd.error());

    const int yes = 1;
    if (shared && port != 0 && !set_option(fd->get(), SOL_SOCKET, SO_REUSEADDR, yes))
        return fail_errno(doing);
    raise_buffer(fd->get(), SO_RCVBUFFORCE, SO_RCVBUF);
    raise_buffer(fd->get(), SO_SNDBUFFORCE, SO_SNDBUF);
    if (auto out = send_through(fd->get(), *on, doing); !out) return tl::unexpected(out.error());
    if (auto bound = bind_to(fd->get(), {on->address, port}, doing); !bound)
        return tl::unexpected(bound.error());
    return UdpSocket::adopt(std::move(*fd));
}

std::vector<std::string> UdpNetwork::usable_interfaces() { return usable_names(list_interfaces()); }

}  // namespace midinet::platform
