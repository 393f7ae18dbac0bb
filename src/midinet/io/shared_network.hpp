// One network for several threads that open sockets and look after them.
#pragma once

#include "io/clock.hpp"
#include "io/datagram_socket.hpp"

#include <mutex>

namespace midinet::io {

/// What the views of one network have in common. It has to be one: a group is joined again by all
/// sockets of the process at once. Lifetime: `network` and `clock` outlive this. Thread: any.
class SharedNetwork {
  public:
    SharedNetwork(Network& network, Clock& clock) noexcept : network_(network), clock_(clock) {}
    class View;

  private:
    std::mutex mutex_;
    Network& network_;
    Clock& clock_;
    TimePoint next_{};
    unsigned replaced_ = 0;  ///< how often sockets were
};

/// The network as one thread has it. Lifetime: `shared` outlives this. Thread: one.
class SharedNetwork::View final : public Network {
  public:
    explicit View(SharedNetwork& shared) noexcept : shared_(shared) {}

    Result<std::unique_ptr<DatagramSocket>> open_group(Endpoint group,
                                                       const std::string& interface) override;
    Result<std::unique_ptr<DatagramSocket>> open_unicast(const std::string& interface,
                                                         std::uint16_t port, bool shared) override;
    std::vector<std::string> usable_interfaces() override;
    Result<void> check_interface(const std::string& interface) override;
    /// Whichever view is first tends the sockets of all; the others learn what became of theirs.
    Tended tend() override;

  private:
    SharedNetwork& shared_;
    unsigned seen_ = 0;
};

}  // namespace midinet::io
