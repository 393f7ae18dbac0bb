// One UDP socket of the system.
#pragma once

#include "io/datagram_socket.hpp"
#include "platform/posix/udp_seat.hpp"

#include <netinet/in.h>

#include <memory>
#include <utility>

namespace midinet::platform {

sockaddr_in to_sockaddr(io::Endpoint endpoint) noexcept;
io::Endpoint to_endpoint(const sockaddr_in& address) noexcept;

/// The sockets interface takes every address family through one pointer type: the cast lives here,
/// once.
const sockaddr* as_sockaddr(const sockaddr_in* address) noexcept;
sockaddr* as_sockaddr(sockaddr_in* address) noexcept;

/// Lifetime: the seat is the network's too, which tends it.
class UdpSocket final : public io::DatagramSocket {
  public:
    explicit UdpSocket(std::shared_ptr<UdpSeat> seat) noexcept : seat_(std::move(seat)) {}

    io::Handle handle() const noexcept override { return seat_->fd(); }
    io::Endpoint local() const noexcept override { return seat_->local(); }
    std::optional<io::Received> receive(std::span<std::byte> buffer) noexcept override;
    bool send(io::Endpoint to, ByteView bytes) noexcept override;

  private:
    std::shared_ptr<UdpSeat> seat_;
};

}  // namespace midinet::platform
