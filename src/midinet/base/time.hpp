// Time is always passed in. Only io::Clock makes a TimePoint; tests make theirs by hand.
#pragma once

#include <chrono>
#include <cstdint>

namespace midinet {

using Duration = std::chrono::nanoseconds;
/// The tag of the monotonic time line (CLOCK_MONOTONIC, or the simulator's).
struct MonotonicTime {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    static constexpr bool is_steady = true;
};
using TimePoint = std::chrono::time_point<MonotonicTime, Duration>;

/// "No deadline".
inline constexpr TimePoint kNever = TimePoint::max();

using namespace std::chrono_literals;  // 3ms reads better than Duration{3'000'000}, everywhere in
                                       // the house

constexpr double to_ms(Duration d) noexcept { return static_cast<double>(d.count()) / 1e6; }
constexpr std::uint64_t to_us(Duration d) noexcept {
    return static_cast<std::uint64_t>(d.count() < 0 ? 0 : d.count() / 1000);
}

}  // namespace midinet
