#include "engine/host_report.hpp"

namespace midinet::engine {
namespace {

namespace plane = control::plane;

plane::HostCounters counters_of(const HostStatus& status) {
    const auto& t = status.transmit;
    return {.events = t.events,
            .datagrams = t.data_datagrams,
            .heartbeats = t.beats,
            .late_heartbeats = t.late_beats,
            .nacks = t.nacks,
            .retransmitted = t.retransmitted,
            .journals = t.journals,
            .garbage = status.garbage,
            .send_failures = status.send_failures,
            .leases = status.leases};
}

/// Whether it is armed is what the engine was told last: whoever asked for that is answered at
/// once, and must not hear another thing from the status behind the answer.
plane::FailoverState failover_of(const control::HostConfig& config, const HostStatus& status) {
    const auto& rules = status.failover;
    return {.armed = config.failover.auto_enabled,
            .switch_back = rules.returns ? plane::SwitchBack::Auto : plane::SwitchBack::Manual,
            .lockout_s = rules.lockout_s,
            .miss_threshold = rules.misses,
            .interval_us = static_cast<std::uint32_t>(to_us(config.heartbeat.interval)),
            .values = static_cast<plane::Values>(rules.takeover),
            .preferred = status.appointment.source,
            .term = status.appointment.term};
}

}  // namespace

plane::HostStatus host_report(const control::HostConfig& config, const HostStatus& status) {
    plane::HostStatus report{.id = config.id,
                             .role = status.role,
                             .device_present = status.source_open,
                             .health = status.health,
                             .counters = counters_of(status),
                             .failover = failover_of(config, status),
                             .focus = status.focus,
                             .has_lights = status.surface.open,
                             .surface = {.played = status.surface.output.messages,
                                         .coalesced = status.surface.coalesced,
                                         .lost = status.surface.stream.lost,
                                         .foreign = status.surface.foreign},
                             .pipeline = status.pipeline};
    report.name = plane::Name{config.name};
    if (status.role == wire::Role::Mirror) report.mode = plane::HostMode::Mirror;
    if (status.role == wire::Role::Relay) report.mode = plane::HostMode::Relay;
    if (!status.source_open)
        (void)report.reasons.push_back(plane::Reason{"no device: nothing to play"});
    if (status.sending_fails)
        (void)report.reasons.push_back(plane::Reason{"the network refuses datagrams"});
    return report;
}

}  // namespace midinet::engine
