// Several devices of one host: each is a show of its own, on ports of its own.
#pragma once

#include "base/types.hpp"
#include "control/config_sections.hpp"

#include <cstdint>

namespace midinet::control {

/// The port that does for device `slot` what `first` does for the first one. Wraps where there is
/// none: what is configured is checked by refuse_ports_of_devices().
constexpr std::uint16_t port_of(std::uint16_t first, DeviceSlot slot) noexcept {
    return static_cast<std::uint16_t>(first + (slot.value - 1) * wire::kDevicePortStep);
}

/// `first` with the ports of device `slot`, of the hosts it names too.
NetworkConfig network_of(NetworkConfig first, DeviceSlot slot);

/// Complains about the ports of [network] where those of devices 1 to `most` are not all different,
/// or not all there.
void refuse_ports_of_devices(TomlTable& network, const NetworkConfig& config, DeviceSlot most);

}  // namespace midinet::control
