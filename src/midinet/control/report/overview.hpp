// What all the statuses of a show amount to.
#pragma once

#include "control/report/finding.hpp"
#include "control/report/show_view.hpp"

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

/// How long the host's stream is still held back for a rehearsal; zero: it is not.
Duration held_left(const plane::Roster::Host& host, TimePoint now);

struct Verdict {
    Grade grade = Grade::Ready;     ///< of the worst finding
    std::vector<Finding> findings;  ///< the worst first
};
/// May the doors open? By hosts and clients alone. Pure, as the next one.
Verdict judge(const plane::Roster& roster, TimePoint now, DeviceSlot device = {1});
/// By all that is known.
Verdict judge(const ShowView& view);

}  // namespace midinet::control
