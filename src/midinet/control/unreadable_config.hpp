// How what cannot be read is told from what is wrong in a file.
#pragma once

#include <string_view>

namespace midinet::control {

/// What TomlDocument::load() says first of a file that cannot be read.
inline constexpr std::string_view kUnreadableConfig = "cannot read the configuration file ";

}  // namespace midinet::control
