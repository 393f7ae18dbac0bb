// What happened at a show, and who did what.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace midinet::admin {

enum class EventKind : std::uint8_t {
    Switch,
    ClientJoined,
    ClientLeft,
    HostUp,
    HostDown,
    DeviceLost,
    DeviceBack,
    Alert,
    Command,  ///< the audit: who asked, from where, for what, and what came of it
    Store,
};
/// In the order of EventKind: as the database and JSON have them.
inline constexpr std::array<std::string_view, 10> kEventKinds{
    "switch",      "client_joined", "client_left", "host_up", "host_down",
    "device_lost", "device_back",   "alert",       "command", "store"};
constexpr std::string_view to_string(EventKind kind) noexcept {
    return kEventKinds[static_cast<std::size_t>(kind)];
}
constexpr std::optional<EventKind> find_event_kind(std::string_view name) noexcept {
    for (std::size_t i = 0; i < kEventKinds.size(); ++i)
        if (kEventKinds[i] == name) return static_cast<EventKind>(i);
    return std::nullopt;
}

struct Event {
    std::int64_t id = 0;     ///< given by the database: one more each
    std::int64_t at_ms = 0;  ///< Units: ms since 1970
    EventKind kind = EventKind::Store;
    std::uint8_t device = 0;  ///< 0: of none
    std::string subject;      ///< whose: a host's number, a client's id, an alert's; may be empty
    std::string text;         ///< what happened, for people
    // Of commands:
    std::string who;     ///< "api"
    std::string from;    ///< the address that asked
    std::string result;  ///< "done", "refused", …
    friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace midinet::admin
