// How regularly a host beats, and how close it came to being taken for dead.
#pragma once

#include "base/histogram.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace midinet::control {

/// The gaps between what is heard of one host. Pure, constant memory. Thread: one. RT-safe.
class GapMeter {
  public:
    /// An observed gap may be exceeded by this much before it is unheard of: 3/2.
    static constexpr int kMarginNumerator = 3;
    static constexpr int kMarginDenominator = 2;
    /// An observed gap counts for this long.
    static constexpr Duration kMemory = 2min;

    /// Something of the host was heard. `ours`: we were stalled in between, so the gap tells
    /// nothing of the host.
    void on_heard(TimePoint now, bool ours) noexcept {
        if (last_ && !ours && now > *last_) observe(now - *last_, now);
        last_ = now;
    }
    /// The host fell silent or began anew: the gap that ends now is an outage, not a near miss.
    void interrupt() noexcept { last_.reset(); }

    /// The least silence that what was observed of late makes remarkable; zero when nothing was.
    /// Judged by the second longest gap: what happened once may never happen again, and waiting for
    /// it would cost time whenever a host dies.
    Duration margin(TimePoint now) const noexcept {
        Duration longest{};
        Duration second{};
        for (const auto& remembered : longest_) {
            const auto gap = held(remembered, now);
            second = std::max(second, std::min(gap, longest));
            longest = std::max(longest, gap);
        }
        return second * kMarginNumerator / kMarginDenominator;
    }
    const Histogram& gaps() const noexcept { return gaps_; }

  private:
    struct Remembered {
        Duration gap{};
        TimePoint at{};
    };
    static Duration held(const Remembered& remembered, TimePoint now) noexcept {
        return now - remembered.at < kMemory ? remembered.gap : Duration{};
    }
    void observe(Duration gap, TimePoint now) noexcept {
        gaps_.add(gap);
        auto& least = *std::min_element(longest_.begin(), longest_.end(),
                                        [now](const Remembered& a, const Remembered& b) {
                                            return held(a, now) < held(b, now);
                                        });
        if (gap >= held(least, now)) least = {gap, now};
    }

    std::optional<TimePoint> last_;
    Histogram gaps_;
    /// More than the two that count, so that when one of them is forgotten another is known.
    std::array<Remembered, 8> longest_{};
};

}  // namespace midinet::control
