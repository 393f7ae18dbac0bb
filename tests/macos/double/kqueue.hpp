// The kqueues of the double, as tests see and steer them.
#pragma once

#include "base/time.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace midinet::macos_double {

/// What happens while a wait finds nothing ready.
struct WaitScript {
    /// Told what the wait is ready to take: nothing is for ever. May make something ready, or move
    /// the clock. Gives an error number that the wait is to end with, or 0: then it looks again;
    /// once more with nothing, its time has run out.
    std::function<int(std::optional<Duration>)> meanwhile;
};

/// For all waits from now on; an empty one: time runs out at once, by moving the clock, and a wait
/// for ever truly waits.
void set_wait_script(WaitScript script);
/// Idents with a filter in some queue, as (ident, filter).
std::vector<std::pair<std::uintptr_t, std::int16_t>> watched();

}  // namespace midinet::macos_double
