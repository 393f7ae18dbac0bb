#include "admin/http/rate_limit.hpp"

#include <algorithm>

namespace midinet::admin {

Duration RateLimit::wait(const io::IpAddress& from, TimePoint now) const {
    const auto found = full_at_.find(from);
    if (found == full_at_.end()) return {};
    const auto taken = found->second - now + rule_.each;
    return std::max<Duration>(taken - rule_.each * rule_.at_once, Duration{});
}

Duration RateLimit::take(const io::IpAddress& from, TimePoint now) {
    if (const auto left = wait(from, now); left > Duration{}) return left;
    if (full_at_.size() >= kMostSources && !full_at_.contains(from))
        full_at_.erase(
            std::min_element(full_at_.begin(), full_at_.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; }));
    auto& full = full_at_[from];
    full = std::max(full, now) + rule_.each;
    return {};
}

}  // namespace midinet::admin
