// Is the engine thread still turning?
#pragma once

#include "base/time.hpp"

namespace midinet::control {

/// Judges by how long it has seen the same turn: an engine whose thread takes its time to begin is
/// not stuck. A process that was stopped as a whole (SIGSTOP, suspend) sees a gap too, so the
/// verdict needs several of our own checks after it. Thread: control.
class Watchdog {
  public:
    static constexpr Duration kStale = 2s;
    static constexpr int kStrikes = 5;

    /// True when the engine is stuck. Call it every 100 ms or so.
    bool stuck(TimePoint last_turn, TimePoint now) noexcept {
        if (since_ == TimePoint{} || last_turn != seen_) {
            seen_ = last_turn;
            since_ = now;
        }
        strikes_ = now - since_ > kStale ? strikes_ + 1 : 0;
        return strikes_ >= kStrikes;
    }

  private:
    TimePoint seen_{};
    TimePoint since_{};  ///< when that turn was seen first
    int strikes_ = 0;
};

}  // namespace midinet::control
