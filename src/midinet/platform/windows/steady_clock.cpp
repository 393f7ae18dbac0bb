#include "platform/posix/steady_clock.hpp"

#include <windows.h>

namespace midinet::platform {
namespace {

/// Units: counts a second; it does not change while the system runs.
std::int64_t frequency() noexcept {
    static const std::int64_t value = [] {
        LARGE_INTEGER counts{};
        ::QueryPerformanceFrequency(&counts);
        return counts.QuadPart;
    }();
    return value;
}

}  // namespace

/// The performance counter: microseconds or better, and goes on through changes of the wall clock.
TimePoint SteadyClock::now() const noexcept {
    constexpr std::int64_t kSecond = 1'000'000'000;
    LARGE_INTEGER counts{};
    ::QueryPerformanceCounter(&counts);
    const std::int64_t whole = counts.QuadPart / frequency();
    const std::int64_t part = counts.QuadPart % frequency();
    return TimePoint{Duration{whole * kSecond + part * kSecond / frequency()}};
}

}  // namespace midinet::platform
