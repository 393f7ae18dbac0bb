#include "control/shared/config_effect.hpp"

#include "control/shared/shared_config.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace midinet::control {
namespace {

/// Keys of midi-host that act at a reload; a dot at the end stands for all of a section.
/// waits_for_restart() and after_reload() are the other side of it.
constexpr std::array<std::string_view, 14> kHostReloads{
    "heartbeat.miss_threshold",
    "midi.device",
    "midi.devices",
    "midi.feedback",
    "midi.feedbacks",
    "midi.baud",
    "midi.file.",
    "failover.auto_enabled",
    "failover.values",
    "failover.switch_back_policy",
    "failover.lockout_seconds",
    "failover.confirmation_mode",
    "pipeline.",
    "log.",
};

constexpr std::array<std::string_view, 6> kAdminTakes{
    "admin.hosts",        "admin.keep_seconds_h",         "admin.keep_minutes_d",
    "admin.keep_hours_d", "admin.webhook_private_ranges", "log."};

template <std::size_t N>
bool names(const std::array<std::string_view, N>& list, std::string_view key) {
    return std::any_of(list.begin(), list.end(), [key](std::string_view one) {
        return one == key || (one.ends_with('.') && key.starts_with(one));
    });
}

/// An empty list stands for one device.
std::size_t devices(const JsonValue& list) {
    return std::max<std::size_t>(list.is_array() ? list.size() : 0, 1);
}

Takes host_takes(std::string_view key, const JsonValue& before, const JsonValue& after) {
    if (key.starts_with("admin.")) return Takes::Nothing;
    if (key == "midi.devices" && devices(before) != devices(after)) return Takes::Restart;
    return names(kHostReloads, key) ? Takes::Reload : Takes::Restart;
}

Takes admin_takes(std::string_view key) {
    const bool own = key.starts_with("admin.") || key.starts_with("log.") ||
                     (key.starts_with("network.") && key != "network.multicast_group");
    if (!own) return Takes::Nothing;
    return names(kAdminTakes, key) ? Takes::AtOnce : Takes::Restart;
}

}  // namespace

std::string_view to_string(Takes takes) noexcept {
    constexpr std::array<std::string_view, 4> kWords{"nothing", "at_once", "reload", "restart"};
    return kWords.at(static_cast<std::size_t>(takes));
}

ConfigEffect effect_of(std::string_view key, const JsonValue& before, const JsonValue& after) {
    return {host_takes(key, before, after), admin_takes(key)};
}

std::string waits_for_restart(const AdminConfig& running, const AdminConfig& loaded) {
    std::string list;
    for (const auto& key : changed_keys(config_json(running), config_json(loaded)))
        if (admin_takes(key) == Takes::Restart) list += (list.empty() ? "" : ", ") + key;
    return list;
}

}  // namespace midinet::control
