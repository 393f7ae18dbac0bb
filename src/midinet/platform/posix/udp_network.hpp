// Sockets of this machine's IPv4 stack.
#pragma once

#include "io/datagram_socket.hpp"
#include "platform/posix/membership_watch.hpp"

#include <memory>
#include <vector>

namespace midinet::platform {

/// The system's UDP. Needs neither a default route nor privileges; works on loopback too. Thread:
/// control.
class UdpNetwork final : public io::Network {
  public:
    /// What becomes of a socket whose interface is not there: refused, or opened all the same and
    /// put in its place by `tend` as soon as it can be.
    enum class Absent : std::uint8_t { Refuse, Await };
    explicit UdpNetwork(Absent absent = Absent::Refuse) noexcept : absent_(absent) {}

    Result<std::unique_ptr<io::DatagramSocket>> open_group(io::Endpoint group,
                                                           const std::string& interface) override;
    Result<std::unique_ptr<io::DatagramSocket>> open_unicast(const std::string& interface,
                                                             std::uint16_t port,
                                                             bool shared) override;
    std::vector<std::string> usable_interfaces() override;
    Result<void> check_interface(const std::string& interface) override;
    Tended tend() override;

  private:
    Result<std::unique_ptr<io::DatagramSocket>> open(const std::string& interface, io::Endpoint at,
                                                     bool shared);
    Absent absent_;
    MembershipWatch memberships_;
    std::vector<std::weak_ptr<UdpSeat>> seats_;  ///< of the sockets that are still open
};

}  // namespace midinet::platform
