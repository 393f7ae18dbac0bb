// What `tune` says.
#pragma once

#include "control/report/show_json.hpp"
#include "control/tuning/tuner.hpp"

#include <string>
#include <vector>

namespace midinet::control::cli {

/// Of what is set and what would be.
std::string tuning_text(const tuning::Plan& plan);
JsonValue tuning_json(const tuning::Plan& plan);

/// Of what was set or put back.
std::string changes_text(const std::vector<tuning::Change>& changes);
JsonValue changes_json(const std::vector<tuning::Change>& changes);

}  // namespace midinet::control::cli
