// What all the statuses of a show amount to.
#pragma once

#include "control/plane/roster.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace midinet::control {

/// Boxes that are gone do not count. Pure.
struct Overview {
    std::size_t hosts = 0;
    std::size_t clients = 0;
    std::map<SourceId, std::size_t> played;  ///< by how many clients; 0: they play nobody
    std::optional<bool> armed;               ///< nothing: no host says, or they disagree
    bool rules_differ = false;               ///< hosts disagree on armed, switch-back or values
    /// Of the host that waits longest.
    std::uint32_t lockout_left_ms = 0;
    std::uint32_t term = 0;  ///< the highest, of the last decision
};
Overview overview_of(const plane::Roster& roster, TimePoint now);

/// In the order of how bad it is.
enum class Grade : std::uint8_t {
    Ready,
    Degraded,     ///< it plays, but the next fault may be heard
    NotSafe,      ///< somebody plays nothing, or what is played may stop
    Unreachable,  ///< nothing was heard
};
/// "ready", "not_safe": as JSON has it.
std::string_view to_string(Grade grade) noexcept;

struct Finding {
    Grade grade = Grade::Degraded;
    std::string text;  ///< what is wrong
    std::string fix;   ///< what to do
    friend bool operator==(const Finding&, const Finding&) = default;
};
struct Verdict {
    Grade grade = Grade::Ready;     ///< of the worst finding
    std::vector<Finding> findings;  ///< the worst first
};
/// May the doors open? Pure.
Verdict judge(const plane::Roster& roster, TimePoint now, DeviceSlot device = {1});

}  // namespace midinet::control
