// A network that loses on purpose, for demonstrations and rehearsals: everything else is the real
// thing.
#pragma once

#include "base/random.hpp"
#include "io/datagram_socket.hpp"

#include <atomic>

namespace midinet::io {

/// Opens sockets of `network` that drop received datagrams with the given probability, as if they
/// had never come. Lifetime: `network` outlives this, and this outlives the sockets.
class LossyNetwork final : public Network {
  public:
    /// `loss`: 0..1. The same seed loses the same datagrams of a socket.
    LossyNetwork(Network& network, double loss, std::uint64_t seed)
        : network_(network), loss_(loss), seed_(seed) {}

    Result<std::unique_ptr<DatagramSocket>> open_group(Endpoint group,
                                                       const std::string& interface) override;
    Result<std::unique_ptr<DatagramSocket>> open_unicast(const std::string& interface,
                                                         std::uint16_t port, bool shared) override;
    std::vector<std::string> usable_interfaces() override { return network_.usable_interfaces(); }
    Result<void> check_interface(const std::string& interface) override {
        return network_.check_interface(interface);
    }
    Tended tend() override { return network_.tend(); }
    /// Datagrams dropped so far. Thread: any.
    std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

  private:
    class Socket;
    Result<std::unique_ptr<DatagramSocket>> wrap(Result<std::unique_ptr<DatagramSocket>> opened);

    Network& network_;
    double loss_;
    std::uint64_t seed_;
    std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace midinet::io
