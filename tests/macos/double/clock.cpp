#include "clock.hpp"

#include <mach/mach_time.h>

#include <atomic>
#include <ctime>

namespace midinet::macos_double {
namespace {

std::atomic<Duration::rep> nanoseconds{1'000'000'000'000};
std::atomic<bool> live{false};

}  // namespace

TimePoint now() noexcept {
    if (!live) return TimePoint{Duration{nanoseconds.load()}};
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return TimePoint{std::chrono::seconds{t.tv_sec} + Duration{t.tv_nsec}};
}
void advance(Duration by) noexcept { nanoseconds += by.count(); }
std::uint64_t ticks_at(TimePoint at) noexcept {
    return static_cast<std::uint64_t>(at.time_since_epoch().count()) * 3 / 125;
}
void go_live() noexcept { live = true; }
bool is_live() noexcept { return live; }

}  // namespace midinet::macos_double

int mach_timebase_info(mach_timebase_info_data_t* info) {
    *info = {.numer = 125, .denom = 3};
    return 0;
}

std::uint64_t mach_absolute_time() {
    return midinet::macos_double::ticks_at(midinet::macos_double::now());
}
