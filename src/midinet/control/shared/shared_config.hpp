// The one file that midi-host and midi-admin of a machine share.
#pragma once

#include "control/admin_config.hpp"
#include "control/host_config.hpp"
#include "control/report/show_json.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// What both programs take from it.
struct SharedConfig {
    HostConfig host;
    AdminConfig admin;
};

SharedConfig default_shared_config();
/// Errors: what either program says of it; the host's first.
Result<SharedConfig> parse_shared_config(std::string_view text, const std::string& name);
/// Every key with its value, by section, as --print-config has them. Pure.
JsonValue config_json(const SharedConfig& config);
/// The same of what midi-admin alone takes. Pure.
JsonValue config_json(const AdminConfig& config);

/// "failover.triggers.midi.note" and its value, of every key. Pure.
std::map<std::string, JsonValue> flat_keys(const JsonValue& config);
/// The keys of which values differ, or that only one has; sorted. Pure.
std::vector<std::string> changed_keys(const JsonValue& before, const JsonValue& after);

}  // namespace midinet::control
