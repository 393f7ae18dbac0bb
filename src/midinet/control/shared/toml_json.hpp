// TOML as JSON and back: what the API says and takes.
#pragma once

#include "control/report/show_json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace midinet::control {

/// Tables become objects, in the order of their keys. Nothing: it is not TOML. For
/// what our programs print: it descends as deep as the text does. Pure.
std::optional<JsonValue> json_of_toml(std::string_view text);

/// A value as TOML, on one line. Nothing: it has none (null, or an object that is not inside a
/// list). Pure.
std::optional<std::string> toml_value(const JsonValue& json);

}  // namespace midinet::control
