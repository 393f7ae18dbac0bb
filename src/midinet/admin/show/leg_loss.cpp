#include "admin/show/leg_loss.hpp"

#include <algorithm>

namespace midinet::admin {
namespace {

/// Statuses come once a second; one that is told for a change comes in between.
constexpr std::uint64_t kShortest = 500;  // ms

}  // namespace

void LegLoss::on_status(const control::plane::ClientStatus& status) {
    auto& line = clients_[status.id];
    const bool anew = line.uptime_ms == 0 || status.uptime_ms < line.uptime_ms;
    if (!anew && status.uptime_ms - line.uptime_ms < kShortest) return;
    std::map<LegKey, Counted> legs;
    double worst = 0;
    for (const auto& leg : status.legs) {
        LegKey key{leg.sender.value, std::string(leg.interface.view()), leg.unicast};
        const auto before = line.legs.find(key);
        if (!anew && before != line.legs.end() && leg.datagrams >= before->second.datagrams &&
            leg.missing >= before->second.missing) {
            const auto missing = leg.missing - before->second.missing;
            const auto all = leg.datagrams - before->second.datagrams + missing;
            if (all >= kFewest)
                worst = std::max(worst,
                                 100.0 * static_cast<double>(missing) / static_cast<double>(all));
        }
        legs[std::move(key)] = {leg.datagrams, leg.missing};
    }
    line = {status.uptime_ms, std::move(legs), anew ? 0 : worst};
}

double LegLoss::of(SenderId client) const {
    const auto found = clients_.find(client);
    return found == clients_.end() ? 0 : found->second.worst;
}

}  // namespace midinet::admin
