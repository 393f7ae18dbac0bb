// The highest of what was seen lately.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace midinet::admin {

/// Of the last ten minutes, the running one included. Pure. Thread: one.
class RecentMost {
  public:
    static constexpr std::int64_t kMinutes = 10;

    /// Takes one more, and tells the highest. Precondition: `now` never goes back.
    double see(double value, TimePoint now) {
        const auto minute = now.time_since_epoch() / 1min;
        for (auto old = std::max(minute_ + 1, minute - kMinutes + 1); old <= minute; ++old)
            place(old) = kNothing;
        minute_ = minute;
        place(minute) = std::max(place(minute), value);
        return *std::max_element(most_.begin(), most_.end());
    }

  private:
    static constexpr double kNothing = std::numeric_limits<double>::lowest();
    double& place(std::int64_t minute) {
        return most_[static_cast<std::size_t>((minute % kMinutes + kMinutes) % kMinutes)];
    }

    std::array<double, kMinutes> most_{};                                 ///< by minute
    std::int64_t minute_ = std::numeric_limits<std::int64_t>::min() / 2;  ///< of the latest
};

}  // namespace midinet::admin
