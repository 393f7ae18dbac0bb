// Which version of MIDInet each box runs.
#pragma once

#include "control/plane/roster.hpp"

#include <map>
#include <string>
#include <vector>

namespace midinet::control {

/// By version ("unknown": a box does not say), the boxes that run it: `host 1`, `client "foh"`.
/// Boxes that are gone do not count. Pure.
std::map<std::string, std::vector<std::string>> boxes_by_version(const plane::Roster& roster,
                                                                 TimePoint now);

/// "0.1.0: host 1; 0.2.0: host 2, client "foh"", at most three boxes of each. Pure.
std::string versions_text(const std::map<std::string, std::vector<std::string>>& boxes);

}  // namespace midinet::control
