#include "platform/posix/udp_socket.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cerrno>

namespace midinet::platform {
namespace {

/// A pending error (say, the link went down) is reported by one receive, and the datagrams behind
/// it by the next.
constexpr int kReceiveTries = 3;

}  // namespace

sockaddr_in to_sockaddr(io::Endpoint endpoint) noexcept {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    address.sin_addr.s_addr = htonl(endpoint.address);
    return address;
}

io::Endpoint to_endpoint(const sockaddr_in& address) noexcept {
    return {ntohl(address.sin_addr.s_addr), ntohs(address.sin_port)};
}

const sockaddr* as_sockaddr(const sockaddr_in* address) noexcept {
    return static_cast<const sockaddr*>(static_cast<const void*>(address));
}

sockaddr* as_sockaddr(sockaddr_in* address) noexcept {
    return static_cast<sockaddr*>(static_cast<void*>(address));
}

Result<std::unique_ptr<io::DatagramSocket>> UdpSocket::adopt(FileDescriptor fd) {
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(fd.get(), as_sockaddr(&bound), &size) != 0)
        return fail_errno("asking a socket for its address");
    return std::unique_ptr<io::DatagramSocket>(new UdpSocket(std::move(fd), to_endpoint(bound)));
}

std::optional<io::Received> UdpSocket::receive(std::span<std::byte> buffer) noexcept {
    for (int tries = 0; tries < kReceiveTries; ++tries) {
        sockaddr_in from{};
        socklen_t size = sizeof from;
        const ssize_t n =
            ::recvfrom(fd_.get(), buffer.data(), buffer.size(), 0, as_sockaddr(&from), &size);
        if (n >= 0)
            return io::Received{buffer.first(static_cast<std::size_t>(n)), to_endpoint(from)};
        if (errno == EAGAIN) return std::nullopt;
    }
    return std::nullopt;
}

bool UdpSocket::send(io::Endpoint to, ByteView bytes) noexcept {
    const sockaddr_in address = to_sockaddr(to);
    const ssize_t n = ::sendto(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL,
                               as_sockaddr(&address), sizeof address);
    return n == static_cast<ssize_t>(bytes.size());
}

}  // namespace midinet::platform
