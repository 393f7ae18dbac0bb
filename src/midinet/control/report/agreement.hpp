// Whether the hosts of a show were told the same.
#pragma once

#include "control/plane/roster.hpp"

#include <optional>
#include <string>

namespace midinet::control {

/// What to do about it.
inline constexpr const char* kAgreementFix =
    "give all hosts the same [network] ports, [heartbeat] and [failover] in midinet.toml, and "
    "restart those that were changed";

/// The two hosts that differ, and in what, as far as their statuses tell; nothing when all that are
/// not gone agree. Pure.
std::optional<std::string> disagreement(const plane::Roster& roster, TimePoint now);

}  // namespace midinet::control
