#include "io/socket_buffer.hpp"
#include "platform/posix/new_socket.hpp"
#include "platform/posix/socket_option.hpp"
#include "platform/posix/udp_options.hpp"

#include <netinet/in.h>

namespace midinet::platform {
namespace {

/// Holds about a second of a full-rate stream while the receiver is stalled. The system refuses
/// what is above kern.ipc.maxsockbuf, and then gives nothing: half is asked for, and half of that.
constexpr auto kBufferBytes = static_cast<int>(io::kSocketBufferBytes);
constexpr int kLeastBytes = 64 * 1024;

void raise_buffer(int fd, int name) noexcept {
    for (int bytes = kBufferBytes; bytes >= kLeastBytes; bytes /= 2)
        if (set_option(fd, SOL_SOCKET, name, bytes)) return;
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

}  // namespace midinet::platform
