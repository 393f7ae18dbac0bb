// The unit of mach_absolute_time.
#pragma once

#include "base/time.hpp"

#include <mach/mach_time.h>

#include <cstdint>

namespace midinet::platform {

/// Nanoseconds are ticks of mach_absolute_time * numerator / denominator: 1/1 on Intel, 125/3 on
/// Apple silicon. Thread: any. RT-safe.
class TickScale {
  public:
    TickScale() noexcept {
        mach_timebase_info_data_t base{};
        if (mach_timebase_info(&base) != 0 || base.numer == 0 || base.denom == 0) return;
        numerator_ = base.numer;
        denominator_ = base.denom;
    }
    /// Range: below 2^64 / numerator, some 190 years after the start at the least.
    Duration duration_of(std::uint64_t ticks) const noexcept {
        return Duration{static_cast<Duration::rep>(ticks * numerator_ / denominator_)};
    }
    /// Precondition: not negative.
    std::uint64_t ticks_of(Duration duration) const noexcept {
        return static_cast<std::uint64_t>(duration.count()) * denominator_ / numerator_;
    }

  private:
    std::uint64_t numerator_ = 1;
    std::uint64_t denominator_ = 1;
};

}  // namespace midinet::platform
