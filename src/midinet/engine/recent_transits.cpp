#include "engine/recent_transits.hpp"

#include <algorithm>

namespace midinet::engine {

namespace plane = control::plane;

plane::RecentTransit RecentTransits::look(const Histogram& all, TimePoint now) noexcept {
    while (looks_.size() == kLooks ||
           (looks_.size() > 1 && now - looks_[1].at >= plane::kRecentTransits)) {
        std::move(looks_.begin() + 1, looks_.end(), looks_.begin());
        looks_.pop_back();
    }
    const auto recent = looks_.empty() ? all : all.since(looks_[0].all);
    (void)looks_.push_back({now, all});
    const auto us = [&](double quantile) {
        return static_cast<std::uint32_t>(to_us(recent.quantile(quantile)));
    };
    return {.count = recent.count(), .p50_us = us(0.5), .p95_us = us(0.95), .p99_us = us(0.99)};
}

}  // namespace midinet::engine
