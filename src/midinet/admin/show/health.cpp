#include "admin/show/health.hpp"

#include <algorithm>

namespace midinet::admin {

unsigned cost_of(control::Grade grade) noexcept {
    switch (grade) {
        case control::Grade::NotSafe:
            return Health::kNotSafeCosts;
        case control::Grade::Degraded:
            return Health::kDegradedCosts;
        default:
            return 0;
    }
}

Health health_of(const control::ShowView& view) {
    Health health{.verdict = control::judge(view)};
    if (health.verdict.grade == control::Grade::Unreachable) {
        health.score = 0;
        return health;
    }
    unsigned costs = 0;
    for (const auto& finding : health.verdict.findings) costs += cost_of(finding.grade);
    health.score -= std::min(costs, health.score);
    return health;
}

}  // namespace midinet::admin
