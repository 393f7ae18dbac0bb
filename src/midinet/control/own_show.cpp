#include "control/own_show.hpp"

#include <algorithm>

namespace midinet::control {
namespace {

constexpr std::uint32_t kNobody = 0;

/// Whether who knows nothing but `in_force` and who lives may choose another than `own`.
bool may_go_elsewhere(HostId own, const wire::Appointment& in_force, const plane::Roster& roster) {
    if (in_force.source.value == own.value) return false;
    return in_force.source.value != kNobody ||
           (!roster.hosts().empty() && roster.hosts().begin()->first < own);
}

}  // namespace

std::optional<wire::Appointment> OwnShow::judge(const wire::Appointment& in_force,
                                                const plane::Roster& roster,
                                                TimePoint now) noexcept {
    std::uint32_t term = in_force.term;
    bool anybody = false;
    bool agreed = !returns_;
    for (const auto& [id, client] : roster.clients()) {
        const auto& status = client.status;
        if (client.gone(now) || status.active.value == kNobody) continue;
        anybody = true;
        agreed = agreed && status.active.value == own_.value && status.term >= in_force.term;
        if (status.term < wire::kMostTerm) term = std::max(term, status.term);
    }
    if (!agreed || !anybody || known_ != in_force) since_ = kNever;
    known_ = in_force;
    if (!agreed || !anybody) return std::nullopt;
    if (since_ == kNever) since_ = now;
    if (now - since_ < kHold || !may_go_elsewhere(own_, in_force, roster)) return std::nullopt;
    return wire::Appointment{SourceId{own_.value}, term + 1};
}

}  // namespace midinet::control
