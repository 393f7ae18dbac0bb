#include "platform/macos/host_ticks.hpp"

namespace midinet::platform {
namespace {

constexpr Duration kOldest = 10s;

}  // namespace

MIDITimeStamp HostTicks::of(TimePoint when, TimePoint now) const noexcept {
    const MIDITimeStamp ticks = mach_absolute_time();
    if (when >= now || when < now - kOldest) return ticks;
    return ticks - scale_.ticks_of(now - when);
}

}  // namespace midinet::platform
