// When to ask for what is missing, and when to stop waiting for it.
#pragma once

#include "base/time.hpp"

#include <algorithm>

namespace midinet::path {

/// The timing of one gap at a time. Asks first after kReorder (a datagram may only be late), then
/// each time the measured repair time has passed, slower and slower. The wait ends after `hold()`.
/// Source of the estimate: RFC 6298, with Karn's rule. RT-safe.
class RepairTimer {
  public:
    static constexpr Duration kReorder = 300us;
    static constexpr Duration kFirstGuess = 1ms;
    static constexpr Duration kMinTimeout = 500us;
    static constexpr Duration kMaxTimeout = 8ms;
    /// A gap may be asked for about this often within its hold.
    static constexpr int kAsks = 4;

    RepairTimer(Duration min_hold, Duration max_hold) noexcept
        : min_hold_(min_hold), max_hold_(max_hold) {}

    bool open() const noexcept { return open_; }
    /// A gap, first visible at `since`. Again for the same gap: no effect.
    void begin(TimePoint since) noexcept {
        if (open_) return;
        open_ = true;
        since_ = since;
        asks_ = 0;
        next_ask_ = std::max(since + kReorder,
                             asked_ + kMinTimeout);  // the last answer may still be on its way
    }
    /// Part of the gap was filled: the wait for the rest begins anew.
    void progress(TimePoint now) noexcept {
        since_ = now;
        asks_ = std::min(asks_, 1);
    }
    /// The gap was filled (`filled`) or given up.
    void end(TimePoint now, bool filled) noexcept {
        if (open_ && filled && asks_ == 1) sample(now - asked_);
        open_ = false;
    }
    /// True when it is time to ask now; then counts as asked.
    bool ask(TimePoint now) noexcept {
        if (!open_ || now < next_ask_) return false;
        asked_ = now;
        ++asks_;
        next_ask_ = now + std::min(timeout_ * asks_, kMaxTimeout);
        return true;
    }
    /// Nothing is given up before it was asked for and the last answer had its time: also after a
    /// stall of our own.
    bool expired(TimePoint now) const noexcept { return open_ && now >= expires_at(); }
    TimePoint next_due() const noexcept {
        return open_ ? std::min(next_ask_, expires_at()) : kNever;
    }
    /// How long a gap is waited for. Range: min_hold..max_hold.
    Duration hold() const noexcept { return std::clamp(timeout_ * kAsks, min_hold_, max_hold_); }
    Duration timeout() const noexcept { return timeout_; }

  private:
    TimePoint expires_at() const noexcept {
        return asks_ == 0 ? kNever : std::max(since_ + hold(), asked_ + timeout_);
    }
    void sample(Duration took) noexcept {
        if (smoothed_ == Duration::zero()) {
            smoothed_ = took;
            variation_ = took / 2;
        } else {
            const auto error = took > smoothed_ ? took - smoothed_ : smoothed_ - took;
            variation_ += (error - variation_) / 4;
            smoothed_ += (took - smoothed_) / 8;
        }
        timeout_ = std::clamp(smoothed_ + 4 * variation_, kMinTimeout, kMaxTimeout);
    }

    Duration min_hold_;
    Duration max_hold_;
    Duration timeout_ = kFirstGuess;
    Duration smoothed_{};
    Duration variation_{};
    TimePoint since_{};
    TimePoint asked_{};
    TimePoint next_ask_{};
    int asks_ = 0;
    bool open_ = false;
};

}  // namespace midinet::path
