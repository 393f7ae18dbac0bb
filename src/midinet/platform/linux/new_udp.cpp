#include "io/socket_buffer.hpp"
#include "platform/posix/new_socket.hpp"
#include "platform/posix/socket_option.hpp"
#include "platform/posix/udp_options.hpp"

#include <netinet/in.h>

namespace midinet::platform {
namespace {

constexpr auto kBufferBytes = static_cast<int>(io::kSocketBufferBytes);

/// Best effort: the forced form passes the system's limit and needs a privilege.
void raise_buffer(int fd, int forced, int polite) noexcept {
    if (!set_option(fd, SOL_SOCKET, forced, kBufferBytes))
        set_option(fd, SOL_SOCKET, polite, kBufferBytes);
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

}  // namespace midinet::platform
