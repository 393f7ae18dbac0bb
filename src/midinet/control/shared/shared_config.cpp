#include "control/shared/shared_config.hpp"

#include "control/shared/toml_json.hpp"

#include <algorithm>

namespace midinet::control {
namespace {

// NOLINTNEXTLINE(misc-no-recursion): as deep as sections are.
void flatten(const JsonValue& json, const std::string& path,
             std::map<std::string, JsonValue>& keys) {
    for (const auto& [name, value] : json.items()) {
        if (value.is_object())
            flatten(value, path + name + ".", keys);
        else
            keys[path + name] = value;
    }
}

}  // namespace

SharedConfig default_shared_config() { return parse_shared_config("", "defaults").value(); }

Result<SharedConfig> parse_shared_config(std::string_view text, const std::string& name) {
    auto host = parse_host_config(text, name);
    if (!host) return tl::unexpected(host.error());
    auto admin = parse_admin_config(text, name);
    if (!admin) return tl::unexpected(admin.error());
    return SharedConfig{*std::move(host), *std::move(admin)};
}

// What the programs print is TOML.
JsonValue config_json(const AdminConfig& config) {
    return json_of_toml(print_config(config)).value_or(JsonValue::object());
}

JsonValue config_json(const SharedConfig& config) {
    auto json = json_of_toml(print_config(config.host)).value_or(JsonValue::object());
    json["admin"] = config_json(config.admin)["admin"];
    return json;
}

std::map<std::string, JsonValue> flat_keys(const JsonValue& config) {
    std::map<std::string, JsonValue> keys;
    flatten(config, "", keys);
    return keys;
}

std::vector<std::string> changed_keys(const JsonValue& before, const JsonValue& after) {
    const auto old_keys = flat_keys(before);
    const auto new_keys = flat_keys(after);
    std::vector<std::string> changed;
    for (const auto& [key, value] : old_keys)
        if (const auto found = new_keys.find(key);
            found == new_keys.end() || found->second != value)
            changed.push_back(key);
    for (const auto& [key, value] : new_keys)
        if (!old_keys.contains(key)) changed.push_back(key);
    std::sort(changed.begin(), changed.end());
    return changed;
}

}  // namespace midinet::control
