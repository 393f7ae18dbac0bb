// Reading JSON of others, which may lack anything.
#pragma once

#include "control/report/show_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>

namespace midinet::control::cli {

/// The member, or null.
inline JsonValue get(const JsonValue& json, const char* key) {
    if (!json.is_object()) return nullptr;
    const auto at = json.find(key);
    return at == json.end() ? JsonValue(nullptr) : *at;
}
/// As people read it: text without quotes, "?" for null.
inline std::string words(const JsonValue& value) {
    if (value.is_null()) return "?";
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_number_float()) return fmt::format("{:.1f}", value.get<double>());
    return value.dump();
}
inline std::string words(const JsonValue& json, const char* key) { return words(get(json, key)); }
inline double number(const JsonValue& json, const char* key) {
    const auto value = get(json, key);
    return value.is_number() ? value.get<double>() : 0.0;
}
inline bool is_true(const JsonValue& json, const char* key) {
    const auto value = get(json, key);
    return value.is_boolean() && value.get<bool>();
}
/// The member if it is an array, or an empty one.
inline JsonValue list(const JsonValue& json, const char* key) {
    auto value = get(json, key);
    return value.is_array() ? value : JsonValue::array();
}

}  // namespace midinet::control::cli
