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

std::optional<io::Received> UdpSocket::receive(std::span<std::byte> buffer) noexcept {
    for (int tries = 0; tries < kReceiveTries; ++tries) {
        sockaddr_in from{};
        socklen_t size = sizeof from;
        const ssize_t n =
            ::recvfrom(seat_->fd(), buffer.data(), buffer.size(), 0, as_sockaddr(&from), &size);
        if (n >= 0) {
            seat_->count_received();
            return io::Received{buffer.first(static_cast<std::size_t>(n)), to_endpoint(from)};
        }
        if (errno == EAGAIN) return std::nullopt;
    }
    return std::nullopt;
}

bool UdpSocket::send(io::Endpoint to, ByteView bytes) noexcept {
    if (!seat_->settled()) return false;  // it would leave wherever the routing table says
    const sockaddr_in address = to_sockaddr(to);
    const ssize_t n = ::sendto(seat_->fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL,
                               as_sockaddr(&address), sizeof address);
    return n == static_cast<ssize_t>(bytes.size());
}

}  // namespace midinet::platform
