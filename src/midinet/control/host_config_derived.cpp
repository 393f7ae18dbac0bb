// What follows from a host's configuration, and from two of them.
#include "control/device_slots.hpp"
#include "control/host_config.hpp"

#include <string_view>
#include <utility>

namespace midinet::control {

HostFailoverConfig after_reload(const HostFailoverConfig& running, HostFailoverConfig loaded) {
    loaded.mode = running.mode;
    loaded.relay_of = running.relay_of;
    loaded.relay_group = running.relay_group;
    loaded.midi = running.midi;
    loaded.osc = running.osc;
    return loaded;
}

std::string waits_for_restart(const HostConfig& running, const HostConfig& loaded) {
    const auto& was = running.failover;
    const auto& is = loaded.failover;
    const bool host = running.id != loaded.id || running.name != loaded.name ||
                      running.multicast_group != loaded.multicast_group;
    const bool mode =
        was.mode != is.mode || was.relay_of != is.relay_of || was.relay_group != is.relay_group;
    std::vector<std::string_view> names;
    if (host) names.emplace_back("[host]");
    if (running.further.size() != loaded.further.size()) names.emplace_back("midi.devices");
    if (!(running.network == loaded.network)) names.emplace_back("[network]");
    if (!(running.heartbeat == loaded.heartbeat)) names.emplace_back("heartbeat.interval_ms");
    if (mode) names.emplace_back("failover.mode");
    if (!(running.midi.pair == loaded.midi.pair)) names.emplace_back("[midi.pair]");
    if (!(was.midi == is.midi)) names.emplace_back("[failover.triggers.midi]");
    if (!(was.osc == is.osc)) names.emplace_back("[failover.triggers.osc]");
    std::string list;
    for (const auto name : names) list += (list.empty() ? "" : ", ") + std::string(name);
    return list;
}

std::optional<HostConfig> standby_input(const HostConfig& config) {
    if (config.midi.pair.standby.empty()) return std::nullopt;
    auto other = config;
    other.midi.device = config.midi.pair.standby;
    other.midi.feedback = config.midi.pair.feedback;
    other.midi.pair = {};
    other.slot = kStandbySlot;
    return other;
}

std::vector<DeviceSlot> devices_of(const HostConfig& config) {
    std::vector<DeviceSlot> slots;
    for (std::uint8_t device = 1; device <= config.device_count(); ++device)
        slots.push_back({device});
    return slots;
}

Result<HostConfig> device_config(HostConfig config, DeviceSlot slot) {
    if (slot.value == 1) return config;
    if (slot.value > config.device_count())
        return fail("midi.devices has " + std::to_string(config.device_count()) +
                    " of them now: device " + std::to_string(slot.value) +
                    " goes on as it is until the next start");
    const auto& own = config.further[slot.value - 2U];
    config.midi.device = own.device;
    config.midi.feedback = own.feedback;
    config.midi.pair = {};
    config.network = network_of(std::move(config.network), slot);
    config.failover.osc.enabled = false;
    config.slot = slot;
    return config;
}

wire::Role role(const HostConfig& config) noexcept {
    switch (config.failover.mode) {
        case FailoverMode::Mirror:
            return wire::Role::Mirror;
        case FailoverMode::Relay:
            return wire::Role::Relay;
        case FailoverMode::Standby:
            break;
    }
    return config.id.value == 1 ? wire::Role::Primary : wire::Role::Standby;
}

wire::FailoverPolicy failover_policy(const HostConfig& config) noexcept {
    return {.misses = static_cast<std::uint8_t>(config.heartbeat.miss_threshold),
            .automatic = config.failover.auto_enabled,
            .returns = config.failover.switch_back_policy == SwitchBack::Auto,
            .takeover = config.failover.values,
            .lockout_s = static_cast<std::uint16_t>(
                std::chrono::duration_cast<std::chrono::seconds>(config.failover.lockout).count())};
}

}  // namespace midinet::control
