#include "admin/show/rates.hpp"

namespace midinet::admin {
namespace {

/// Closer ones are told for a change, not for a second that passed: a rate of them says little.
constexpr std::uint64_t kShortestMs = 250;

double per_second(std::uint64_t before, std::uint64_t after, std::uint64_t ms) noexcept {
    return after < before ? 0
                          : static_cast<double>(after - before) * 1000 / static_cast<double>(ms);
}

/// Calls `measure` with the earlier counters and the time between; keeps the new ones.
template <typename Line, typename Counters, typename Measure>
void advance(Line& line, std::uint64_t uptime_ms, const Counters& counters, Measure measure) {
    const bool restarted = uptime_ms < line.uptime_ms;
    const bool first = line.uptime_ms == 0;
    if (!restarted && !first && uptime_ms - line.uptime_ms < kShortestMs) return;
    if (restarted)
        line.rate = {};
    else if (!first)
        line.rate = measure(line.counters, uptime_ms - line.uptime_ms);
    line.uptime_ms = uptime_ms;
    line.counters = counters;
}

}  // namespace

void Rates::on_status(const control::plane::HostStatus& status) {
    const auto& now = status.counters;
    advance(hosts_[status.id], status.uptime_ms, now, [&](const auto& before, std::uint64_t ms) {
        return HostRate{per_second(before.events, now.events, ms),
                        per_second(before.retransmitted, now.retransmitted, ms)};
    });
}

void Rates::on_status(const control::plane::ClientStatus& status) {
    const auto& now = status.counters;
    advance(clients_[status.id], status.uptime_ms, now, [&](const auto& before, std::uint64_t ms) {
        return ClientRate{per_second(before.played, now.played, ms),
                          per_second(before.lost, now.lost, ms),
                          per_second(before.repaired, now.repaired, ms)};
    });
}

HostRate Rates::of(HostId id) const {
    const auto found = hosts_.find(id);
    return found == hosts_.end() ? HostRate{} : found->second.rate;
}

ClientRate Rates::of(SenderId id) const {
    const auto found = clients_.find(id);
    return found == clients_.end() ? ClientRate{} : found->second.rate;
}

}  // namespace midinet::admin
