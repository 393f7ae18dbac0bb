#include "platform/posix/steady_clock.hpp"

#include "platform/macos/tick_scale.hpp"

#include <mach/mach_time.h>

namespace midinet::platform {

/// macOS's CLOCK_MONOTONIC goes on while the machine sleeps, and counts microseconds. This one
/// stands then, as the class says, and is the clock of CoreMIDI's time stamps.
TimePoint SteadyClock::now() const noexcept {
    static const TickScale scale;
    return TimePoint{scale.duration_of(mach_absolute_time())};
}

}  // namespace midinet::platform
