// Keeping a daemon's sockets on their interfaces for as long as it runs.
#pragma once

#include "base/time.hpp"
#include "control/logging.hpp"
#include "io/datagram_socket.hpp"

namespace midinet::engine {

/// Tends the network once a second, and says what changed. Thread: control. Lifetime: what it is
/// given outlives it.
class NetworkCare {
  public:
    NetworkCare(io::Network& network, control::Logger& logger) noexcept
        : network_(network), logger_(logger) {}
    /// True: sockets were replaced behind their handles, all have to be watched again.
    bool on_timer(TimePoint now);

  private:
    io::Network& network_;
    control::Logger& logger_;
    TimePoint next_{};
};

}  // namespace midinet::engine
