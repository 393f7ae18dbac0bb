// Sockets of this machine's IPv4 stack.
#pragma once

#include "io/datagram_socket.hpp"

namespace midinet::platform {

/// The system's UDP. Needs neither a default route nor privileges; works on loopback too. Thread:
/// control.
class UdpNetwork final : public io::Network {
  public:
    Result<std::unique_ptr<io::DatagramSocket>> open_group(io::Endpoint group,
                                                           const std::string& interface) override;
    Result<std::unique_ptr<io::DatagramSocket>> open_unicast(const std::string& interface,
                                                             std::uint16_t port,
                                                             bool shared) override;
    std::vector<std::string> usable_interfaces() override;
};

}  // namespace midinet::platform
