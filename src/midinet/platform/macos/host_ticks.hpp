// The clock of CoreMIDI's time stamps.
#pragma once

#include "base/time.hpp"
#include "platform/macos/tick_scale.hpp"

#include <CoreMIDI/CoreMIDI.h>

namespace midinet::platform {

/// From the house's clock to the ticks of mach_absolute_time, which on Apple silicon have another
/// unit. Thread: any. RT-safe.
class HostTicks {
  public:
    /// When `when` was, if it is `now`. What lies ahead, or is older than ten seconds, was now: an
    /// application would wait for the one, and take the other for a mistake.
    MIDITimeStamp of(TimePoint when, TimePoint now) const noexcept;

  private:
    TickScale scale_;
};

}  // namespace midinet::platform
