// Is the engine thread still turning?
#pragma once

#include "base/time.hpp"

namespace midinet::control {

/// Judges by the time of the engine's last turn. A process that was stopped as a whole (SIGSTOP,
/// suspend) sees a gap too, so the verdict needs the same turn to be seen stale by several of our
/// own checks. Thread: control.
class Watchdog {
  public:
    static constexpr Duration kStale = 2s;
    static constexpr int kStrikes = 5;

    /// True when the engine is stuck. Call it every 100 ms or so.
    bool stuck(TimePoint last_turn, TimePoint now) noexcept {
        const bool stale = now - last_turn > kStale && last_turn == seen_;
        seen_ = last_turn;
        strikes_ = stale ? strikes_ + 1 : 0;
        return strikes_ >= kStrikes;
    }

  private:
    TimePoint seen_{};
    int strikes_ = 0;
};

}  // namespace midinet::control
