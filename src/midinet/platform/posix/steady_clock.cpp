#include "platform/posix/steady_clock.hpp"

#include <ctime>

namespace midinet::platform {

TimePoint SteadyClock::now() const noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_MONOTONIC, &t);
    return TimePoint{std::chrono::seconds{t.tv_sec} + Duration{t.tv_nsec}};
}

}  // namespace midinet::platform
