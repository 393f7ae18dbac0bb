#include "control/device_slots.hpp"

namespace midinet::control {
namespace {

/// The device whose `later` port is the first one's `earlier`; 0: none up to `most`.
unsigned clash(std::uint16_t later, std::uint16_t earlier, DeviceSlot most) {
    const int distance = earlier - later;
    const bool hits = distance >= 0 && distance % wire::kDevicePortStep == 0 &&
                      distance / wire::kDevicePortStep < most.value;
    return hits ? static_cast<unsigned>(distance / wire::kDevicePortStep) + 1 : 0;
}

}  // namespace

NetworkConfig network_of(NetworkConfig first, DeviceSlot slot) {
    for (auto* port :
         {&first.data_port, &first.heartbeat_port, &first.control_port, &first.focus_port})
        *port = port_of(*port, slot);
    for (auto& host : first.hosts)
        if (host.port != 0) host.port = port_of(host.port, slot);
    return first;
}

void refuse_ports_of_devices(TomlTable& network, const NetworkConfig& config, DeviceSlot most) {
    const std::string why =
        "with " + std::to_string(most.value) + " devices each one's ports are " +
        std::to_string(wire::kDevicePortStep) + " above those of the one before";
    const int highest = 65'535 - (most.value - 1) * wire::kDevicePortStep;
    const auto ports = ports_of(config);
    for (const auto& port : ports) {
        if (port.port > highest)
            network.refuse(port.key, "at most " + std::to_string(highest) + ", for " + why);
        for (const auto& other : ports) {
            const auto device = &other == &port ? 0 : clash(port.port, other.port, most);
            if (device < 2) continue;
            network.refuse(network.has(port.key) ? port.key : other.key,
                           "another port, for " + why + ", and device " + std::to_string(device) +
                               "'s " + std::string(port.key) + " would be the first one's " +
                               std::string(other.key));
        }
    }
}

}  // namespace midinet::control
