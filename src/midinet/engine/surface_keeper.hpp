// Opens a host's surface, and opens it again: what applications send back goes there.
#pragma once

#include "control/logging.hpp"
#include "engine/host_engine.hpp"
#include "io/virtual_port.hpp"

#include <memory>
#include <string>

namespace midinet::engine {

/// Looks for the surface as long as there is none. Thread: control. Lifetime: what it is given
/// outlives it.
class SurfaceKeeper {
  public:
    SurfaceKeeper(HostEngine& engine, control::Logger& logger,
                  std::unique_ptr<io::VirtualPortOpener> opener)
        : engine_(engine), logger_(logger), opener_(std::move(opener)) {}

    /// `device`: what is read now; nullptr: nothing, and then there is no surface either where it
    /// is the device's own.
    void on_timer(const io::DeviceInfo* device, TimePoint now);
    /// The engine gave a port back.
    void on_event(const HostEvent& event);

  private:
    void open(const io::DeviceInfo& device);

    HostEngine& engine_;
    control::Logger& logger_;
    std::unique_ptr<io::VirtualPortOpener> opener_;  ///< nullptr: there is to be none
    const io::VirtualPort* port_ = nullptr;  ///< the one the engine was given last and still has
    std::string last_refusal_;               ///< said once
    TimePoint next_try_{};
};

}  // namespace midinet::engine
