#include "engine/client_devices.hpp"

#include <fmt/core.h>

namespace midinet::engine {

void ClientDevices::on_devices(std::uint8_t count) {
    if (!config_.devices.empty()) return;  // they are all played from the start
    for (; known_ < count; ++known_) {
        const DeviceSlot slot{static_cast<std::uint8_t>(known_ + 1)};
        if (const auto config = control::device_config(config_, slot); !config)
            logger_.warning(
                fmt::format("a host has {} devices, but {}", count, config.error().message));
        else
            ask_for_(slot);
    }
}

}  // namespace midinet::engine
