// Which devices of the hosts a client plays.
#pragma once

#include "control/client_config.hpp"
#include "control/logging.hpp"

#include <functional>

namespace midinet::engine {

/// Asks for a daemon for each device that hosts turn out to have and the configuration has a port
/// for. Never closes one: applications do not look for devices twice. Thread: one. Lifetime:
/// `logger` outlives it.
class ClientDevices {
  public:
    ClientDevices(control::ClientConfig config, control::Logger& logger,
                  std::function<void(DeviceSlot)> ask_for)
        : config_(std::move(config)), logger_(logger), ask_for_(std::move(ask_for)) {}

    /// A host has so many.
    void on_devices(std::uint8_t count);

  private:
    control::ClientConfig config_;
    control::Logger& logger_;
    std::function<void(DeviceSlot)> ask_for_;
    std::uint8_t known_ = 1;  ///< devices up to this one are played, or were refused
};

}  // namespace midinet::engine
