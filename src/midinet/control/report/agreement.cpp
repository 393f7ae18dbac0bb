#include "control/report/agreement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace midinet::control {
namespace {

/// Keys of midinet.toml, with both values.
std::vector<std::string> differing_keys(const plane::FailoverState& a,
                                        const plane::FailoverState& b) {
    constexpr double kUsPerMs = 1000;
    std::vector<std::string> keys;
    const auto look = [&keys](const char* key, const auto& one, const auto& other) {
        if (one != other) keys.push_back(fmt::format("{} {} and {}", key, one, other));
    };
    look("heartbeat.interval_ms", a.interval_us / kUsPerMs, b.interval_us / kUsPerMs);
    look("heartbeat.miss_threshold", unsigned{a.miss_threshold}, unsigned{b.miss_threshold});
    look("failover.switch_back_policy", to_string(a.switch_back), to_string(b.switch_back));
    look("failover.values", to_string(a.values), to_string(b.values));
    look("failover.lockout_seconds", a.lockout_s, b.lockout_s);
    return keys;
}

}  // namespace

std::optional<std::string> disagreement(const plane::Roster& roster, TimePoint now) {
    const plane::HostStatus* first = nullptr;
    for (const auto& [id, host] : roster.hosts()) {
        const auto& status = host.status;
        if (host.gone(now) || status.agreement == 0) continue;
        if (first == nullptr) first = &status;
        if (first->agreement == status.agreement) continue;
        auto keys = differing_keys(first->failover, status.failover);
        if (keys.empty())
            keys.emplace_back("ports or control group of [network], or failover.confirmation_mode");
        return fmt::format("hosts {} and {} run with different configurations: {}", first->id.value,
                           status.id.value, fmt::join(keys, ", "));
    }
    return std::nullopt;
}

}  // namespace midinet::control
