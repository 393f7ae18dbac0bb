#include "control/shared/toml_json.hpp"

#include "control/config_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <toml++/toml.h>

namespace midinet::control {
namespace {

JsonValue to_json(const toml::node& node);

// NOLINTNEXTLINE(misc-no-recursion): as deep as sections are.
JsonValue to_json(const toml::table& table) {
    JsonValue json = JsonValue::object();
    for (const auto& [key, value] : table) json[std::string(key.str())] = to_json(value);
    return json;
}

// NOLINTNEXTLINE(misc-no-recursion): as above.
JsonValue to_json(const toml::array& array) {
    JsonValue json = JsonValue::array();
    for (const auto& item : array) json.push_back(to_json(item));
    return json;
}

// NOLINTNEXTLINE(misc-no-recursion): as above.
JsonValue to_json(const toml::node& node) {
    if (const auto* table = node.as_table()) return to_json(*table);
    if (const auto* array = node.as_array()) return to_json(*array);
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* flag = node.as_boolean()) return flag->get();
    return nullptr;  // a date or time: no key of ours has one
}

/// With a point or an exponent: TOML tells 1.0 from 1.
std::string float_text(double value) {
    auto text = fmt::format("{}", value);
    if (text.find_first_of(".en") == std::string::npos) text += ".0";
    return text;
}

/// Twice what any key of ours has.
constexpr int kDeepest = 4;

std::optional<std::string> value_text(const JsonValue& json, int depth);

std::string key_text(const std::string& key) {
    const auto bare = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    };
    return !key.empty() && std::all_of(key.begin(), key.end(), bare) ? key : toml_string(key);
}

/// Precondition: an array or an object.
// NOLINTNEXTLINE(misc-no-recursion): kDeepest bounds it.
std::optional<std::string> inside(const JsonValue& json, int depth) {
    if (depth > kDeepest) return std::nullopt;
    std::string text;
    for (const auto& [key, value] : json.items()) {
        const auto item = value_text(value, depth);
        if (!item) return std::nullopt;
        if (!text.empty()) text += ", ";
        if (json.is_object()) text += key_text(key) + " = ";
        text += *item;
    }
    if (json.is_array()) return "[" + text + "]";
    return text.empty() ? "{}" : "{ " + text + " }";
}

// NOLINTNEXTLINE(misc-no-recursion): kDeepest bounds it.
std::optional<std::string> value_text(const JsonValue& json, int depth) {
    using Type = JsonValue::value_t;
    switch (json.type()) {
        case Type::boolean:
            return json.get<bool>() ? "true" : "false";
        case Type::number_integer:
        case Type::number_unsigned:
            return json.dump();
        case Type::number_float:
            return float_text(json.get<double>());
        case Type::string:
            return toml_string(json.get_ref<const std::string&>());
        case Type::array:
        case Type::object:
            return inside(json, depth + 1);
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<JsonValue> json_of_toml(std::string_view text) {
    try {
        return to_json(toml::parse(text));
    } catch (const toml::parse_error&) {
        return std::nullopt;
    }
}

std::optional<std::string> toml_value(const JsonValue& json) {
    return json.is_object() ? std::nullopt : value_text(json, 0);
}

}  // namespace midinet::control
