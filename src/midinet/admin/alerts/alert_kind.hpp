// What there are alerts of.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace midinet::admin {

enum class AlertKind : std::uint8_t {
    Temperature,
    PacketLoss,
    Latency,
    Disk,
    ClientGone,
    DeviceMissing,
    StandbyMissing,
    HistoryDegraded,
    AdminsDiffer,
};

struct AlertFacts {
    std::string_view name;  ///< in JSON, and the first part of an alert's id
    std::string_view unit;  ///< of value and threshold; empty: it is there, or it is not
    std::string_view title;
    std::string_view fix;  ///< what to do
};

/// In the order of AlertKind.
inline constexpr std::array<AlertFacts, 9> kAlerts{{
    {"temperature", "C", "The machine is hot",
     "Give it air, look at its fan, and move load elsewhere."},
    {"packet_loss", "%", "Datagrams do not arrive",
     "Look at the client's cable, switch port and Wi-Fi, and at IGMP snooping: "
     "docs/network_guide.md."},
    {"latency_p95", "ms", "Events arrive late (p95 of the last 10 s)",
     "Use a wire instead of Wi-Fi, turn off energy saving of the switch, and look at what else the "
     "client's machine does."},
    {"disk", "%", "A file system is nearly full", "Delete what is not needed: logs, recordings."},
    {"client_gone", "", "A client is not heard any more",
     "Look at its machine and its cable. If it was meant to leave, acknowledge this."},
    {"device_missing", "", "A host has no MIDI device",
     "Plug the controller in, or switch it on; look at its USB cable."},
    {"standby_missing", "", "There is no second host",
     "Start the standby host, or look at its network: until then nothing takes over."},
    {"history_degraded", "", "History is not kept",
     "Make room or make the data directory writable; /api/metrics/history says what failed."},
    {"admins_differ", "", "Two midi-admins have different configuration files",
     "Give both machines the same [network] ports, [heartbeat] and [failover]; `midinet-cli config "
     "diff` compares two files."},
}};

constexpr const AlertFacts& facts_of(AlertKind kind) noexcept {
    return kAlerts[static_cast<std::size_t>(kind)];
}
/// Whether there is a threshold; else it is there, or it is not.
constexpr bool has_level(AlertKind kind) noexcept { return !facts_of(kind).unit.empty(); }

}  // namespace midinet::admin
