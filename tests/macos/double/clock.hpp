// The time of the double: stands until a test, or a wait that runs out, moves it.
#pragma once

#include "base/time.hpp"

namespace midinet::macos_double {

/// Thread: any.
TimePoint now() noexcept;
void advance(Duration by) noexcept;
/// What mach_absolute_time says when the house's clock says `at`: 24 ticks a microsecond, as on
/// Apple silicon, from another start.
std::uint64_t ticks_at(TimePoint at) noexcept;

}  // namespace midinet::macos_double
