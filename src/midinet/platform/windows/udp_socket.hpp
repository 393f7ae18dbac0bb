// One UDP socket of the system.
#pragma once

#include "io/datagram_socket.hpp"
#include "platform/windows/udp_seat.hpp"

#include <memory>
#include <utility>

namespace midinet::platform {

/// Lifetime: the seat is the network's too, which tends it.
class UdpSocket final : public io::DatagramSocket {
  public:
    explicit UdpSocket(std::shared_ptr<UdpSeat> seat) noexcept : seat_(std::move(seat)) {}

    io::Handle handle() const noexcept override { return to_io(seat_->socket()); }
    io::Endpoint local() const noexcept override { return seat_->local(); }
    std::optional<io::Received> receive(std::span<std::byte> buffer) noexcept override;
    bool send(io::Endpoint to, ByteView bytes) noexcept override;

  private:
    std::shared_ptr<UdpSeat> seat_;
};

}  // namespace midinet::platform
