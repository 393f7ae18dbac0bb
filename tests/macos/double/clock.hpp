// The time of the double: stands until a test, or a wait that runs out, moves it; or this
// machine's.
#pragma once

#include "base/time.hpp"

namespace midinet::macos_double {

/// Thread: any.
TimePoint now() noexcept;
void advance(Duration by) noexcept;
/// What mach_absolute_time says when the double's clock says `at`: 24 ticks a microsecond, as on
/// Apple silicon.
std::uint64_t ticks_at(TimePoint at) noexcept;
/// From now on time goes by itself, and waits are waits. For whole programs.
void go_live() noexcept;
bool is_live() noexcept;

}  // namespace midinet::macos_double
