// What the history is asked, and answers.
#pragma once

#include "admin/store/event.hpp"
#include "admin/store/metrics.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <vector>

namespace midinet::admin {

enum class Resolution : std::uint8_t { Second, Minute, Hour };
/// Units: s.
constexpr std::int64_t width_of(Resolution resolution) noexcept {
    switch (resolution) {
        case Resolution::Minute:
            return 60;
        case Resolution::Hour:
            return 3600;
        default:
            return 1;
    }
}

struct SeriesQuery {
    Resolution resolution = Resolution::Second;
    std::int64_t from = 0;  ///< Units: s since 1970. Both ends included
    std::int64_t to = 0;
    std::uint8_t device = 1;        ///< of metrics that are a device's
    std::set<std::size_t> metrics;  ///< indices of kMetrics
};

struct Point {
    std::int64_t at = 0;  ///< the beginning of its second, minute or hour
    double mean = 0;
    double lowest = 0;
    double highest = 0;
    friend bool operator==(const Point&, const Point&) = default;
};
struct Series {
    std::size_t metric = 0;
    std::vector<Point> points;  ///< in order; where nothing was measured there is none
};

struct EventQuery {
    std::set<EventKind> kinds;  ///< empty: all
    std::int64_t since_ms = 0;
    std::int64_t after = 0;                                          ///< ids above this one
    std::int64_t before = std::numeric_limits<std::int64_t>::max();  ///< ids below this one
    std::uint8_t device = 0;  ///< of it, and of none; 0: of all
    std::size_t limit = 100;  ///< the newest of those that match
};

}  // namespace midinet::admin
