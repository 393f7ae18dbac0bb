#include "clock.hpp"

#include "platform/posix/steady_clock.hpp"

#include <mach/mach_time.h>

#include <atomic>

namespace midinet::macos_double {
namespace {

constexpr std::uint64_t kTicksAtStart = 777'000'000;
std::atomic<Duration::rep> nanoseconds{1'000'000'000'000};

}  // namespace

TimePoint now() noexcept { return TimePoint{Duration{nanoseconds.load()}}; }
void advance(Duration by) noexcept { nanoseconds += by.count(); }
std::uint64_t ticks_at(TimePoint at) noexcept {
    return kTicksAtStart + static_cast<std::uint64_t>(at.time_since_epoch().count()) * 3 / 125;
}

}  // namespace midinet::macos_double

namespace midinet::platform {

TimePoint SteadyClock::now() const noexcept { return macos_double::now(); }

}  // namespace midinet::platform

int mach_timebase_info(mach_timebase_info_data_t* info) {
    *info = {.numer = 125, .denom = 3};
    return 0;
}

std::uint64_t mach_absolute_time() {
    return midinet::macos_double::ticks_at(midinet::macos_double::now());
}
