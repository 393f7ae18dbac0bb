// How long events took lately: a fault of now must not drown in the hours before it.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/histogram.hpp"
#include "base/time.hpp"
#include "control/plane/transit.hpp"

#include <cstddef>

namespace midinet::engine {

/// Tells a window from what only grows, by looking at it now and then. Pure; about 60 KB. Thread:
/// one.
class RecentTransits {
  public:
    /// `all`: every transit since the start, as of `now`. Returns those behind the last look that
    /// is kRecentTransits old, or behind the oldest there is; at the first look, all.
    control::plane::RecentTransit look(const Histogram& all, TimePoint now) noexcept;

  private:
    static constexpr std::size_t kLooks =
        control::plane::kRecentTransits / control::plane::kTransitInterval + 1;

    struct Look {
        TimePoint at;
        Histogram all;
    };
    FixedVector<Look, kLooks> looks_;  ///< the oldest first
};

}  // namespace midinet::engine
