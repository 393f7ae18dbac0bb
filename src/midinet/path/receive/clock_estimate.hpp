// Where a source's clock stands on ours.
#pragma once

#include "path/types.hpp"

#include <algorithm>

namespace midinet::path {

/// The start of a source's epoch on our clock, from the fastest datagrams of the last seconds:
/// queues only ever delay, so the smallest difference is the truest. Its error is the network's
/// shortest one-way delay (some 50 µs on a LAN). RT-safe.
class ClockEstimate {
  public:
    /// Two windows of this length; drift between crystals (100 ppm) moves the estimate by 0.2 ms in
    /// one.
    static constexpr Duration kWindow = 2s;

    void reset() noexcept { *this = ClockEstimate{}; }
    void sample(wire::StreamTime sent_us, TimePoint now) noexcept {
        const auto start = now - std::chrono::microseconds{static_cast<std::int64_t>(sent_us)};
        if (!known_ || now - window_began_ >= kWindow) {
            previous_ = known_ ? current_ : start;
            current_ = start;
            window_began_ = now;
            known_ = true;
        }
        current_ = std::min(current_, start);
    }
    bool known() const noexcept { return known_; }
    TimePoint epoch_start() const noexcept { return std::min(previous_, current_); }

  private:
    TimePoint previous_{};
    TimePoint current_{};
    TimePoint window_began_{};
    bool known_ = false;
};

}  // namespace midinet::path
