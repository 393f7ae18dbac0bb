// The rules of alerts from one run to the next.
#pragma once

#include "admin/alerts/alert_rules.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace midinet::admin {

inline constexpr const char* kRulesFile = "alerts.json";

struct LoadedRules {
    AlertRules rules;
    std::string trouble;  ///< a sentence where the file could not be used; else empty
};
/// The usual ones where there is no file. One that cannot be used is set aside (renamed, with the
/// time in its name). Units: ms since 1970.
LoadedRules load_rules(const std::filesystem::path& path, std::int64_t unix_ms);

}  // namespace midinet::admin
