// What a changed key takes to act.
#pragma once

#include "control/admin_config.hpp"
#include "control/report/show_json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace midinet::control {

/// In the order of how much it takes.
enum class Takes : std::uint8_t {
    Nothing,  ///< the program does not use the key
    AtOnce,   ///< midi-admin reads it by itself
    Reload,   ///< SIGHUP, or `systemctl reload`
    Restart,
};
/// "nothing", "at_once", "reload", "restart".
std::string_view to_string(Takes takes) noexcept;

struct ConfigEffect {
    Takes host = Takes::Nothing;
    Takes admin = Takes::Nothing;
    friend bool operator==(const ConfigEffect&, const ConfigEffect&) = default;
};

/// Of `key` ("log.level"), which config_json() has as `before` and `after`; either is null where it
/// is absent. Pure.
ConfigEffect effect_of(std::string_view key, const JsonValue& before, const JsonValue& after);

/// The keys that differ and that midi-admin takes at its next start: "admin.listen, …"; empty:
/// none. Pure.
std::string waits_for_restart(const AdminConfig& running, const AdminConfig& loaded);

}  // namespace midinet::control
