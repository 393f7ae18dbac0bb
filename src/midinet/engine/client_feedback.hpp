// How a client's feedback reaches the hosts.
#pragma once

#include "engine/client_engine.hpp"

namespace midinet::engine {

/// By multicast through every interface, and to the doors of hosts that multicast does not reach.
/// RT-safe.
class ClientEngine::FeedbackOut final : public path::DatagramOut {
  public:
    explicit FeedbackOut(ClientEngine& engine) noexcept : engine_(engine) {}
    void multicast(path::Group group, std::span<std::byte> datagram) noexcept override;
    void unicast(path::Peer to, std::span<std::byte> datagram) noexcept override;

  private:
    void send(std::size_t socket, io::Endpoint to, std::span<const std::byte> datagram) noexcept;
    ClientEngine& engine_;
};

}  // namespace midinet::engine
