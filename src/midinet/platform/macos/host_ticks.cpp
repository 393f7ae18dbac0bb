#include "platform/macos/host_ticks.hpp"

#include <mach/mach_time.h>

namespace midinet::platform {
namespace {

constexpr Duration kOldest = 10s;

}  // namespace

HostTicks::HostTicks() noexcept {
    mach_timebase_info_data_t base{};
    if (mach_timebase_info(&base) != 0 || base.numer == 0 || base.denom == 0) return;
    numerator_ = base.numer;
    denominator_ = base.denom;
}

MIDITimeStamp HostTicks::of(TimePoint when, TimePoint now) const noexcept {
    const MIDITimeStamp ticks = mach_absolute_time();
    if (when >= now || when < now - kOldest) return ticks;
    const auto age = static_cast<std::uint64_t>((now - when).count());
    return ticks - age * denominator_ / numerator_;
}

}  // namespace midinet::platform
