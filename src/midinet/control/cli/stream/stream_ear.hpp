// Where the stream is listened to.
#pragma once

#include "control/cli/order.hpp"
#include "control/cli/program.hpp"
#include "control/cli/stream/stream_tap.hpp"

#include <memory>
#include <vector>

namespace midinet::control::cli {

/// Sockets in the groups of all streams, on every interface, and a tap that they feed. Nothing is
/// sent. Thread: one.
class StreamEar {
  public:
    /// Errors: an interface that cannot be used. Lifetime: the surroundings outlive it.
    static Result<std::unique_ptr<StreamEar>> open(const Surroundings& with, const Request& request,
                                                   std::function<void(const TapEvent&)> take);
    ~StreamEar();
    StreamEar(const StreamEar&) = delete;
    StreamEar& operator=(const StreamEar&) = delete;

    /// Waits for what comes next, until `deadline`, and takes it.
    void turn(TimePoint deadline);
    const StreamTap& tap() const noexcept { return tap_; }

  private:
    StreamEar(const Surroundings& with, std::function<void(const TapEvent&)> take)
        : with_(with), tap_(std::move(take)) {}
    const Surroundings& with_;
    StreamTap tap_;
    std::vector<std::unique_ptr<io::DatagramSocket>> sockets_;
};

}  // namespace midinet::control::cli
