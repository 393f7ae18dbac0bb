// The clock of CoreMIDI's time stamps.
#pragma once

#include "base/time.hpp"

#include <CoreMIDI/CoreMIDI.h>

namespace midinet::platform {

/// From the house's clock to the ticks of mach_absolute_time, which have another start and on Apple
/// silicon another unit. Thread: any. RT-safe.
class HostTicks {
  public:
    HostTicks() noexcept;
    /// When `when` was, if it is `now`. What lies ahead, or is older than ten seconds, was now: an
    /// application would wait for the one, and take the other for a mistake.
    MIDITimeStamp of(TimePoint when, TimePoint now) const noexcept;

  private:
    std::uint64_t numerator_ = 1;  ///< nanoseconds = ticks * numerator / denominator
    std::uint64_t denominator_ = 1;
};

}  // namespace midinet::platform
