// The rules of alerts from one run to the next.
#pragma once

#include "admin/alerts/alert_rules.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace midinet::admin {

inline constexpr const char* kRulesFile = "alerts.json";

/// The usual ones where there is no file. One that cannot be used is set aside (renamed), and `say`
/// is told.
AlertRules load_rules(const std::filesystem::path& path,
                      const std::function<void(const std::string&)>& say);

}  // namespace midinet::admin
