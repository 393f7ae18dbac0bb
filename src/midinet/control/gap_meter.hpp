// How regularly a host beats, and how close it came to being taken for dead.
#pragma once

#include "base/histogram.hpp"

#include <optional>

namespace midinet::control {

/// The gaps between what is heard of one host. Pure, constant memory. Thread: one. RT-safe.
class GapMeter {
  public:
    /// An observed gap may be exceeded by this much before it is unheard of: 3/2.
    static constexpr int kMarginNumerator = 3;
    static constexpr int kMarginDenominator = 2;
    /// An observed margin fades to nothing in this time, evenly.
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
    Duration margin(TimePoint now) const noexcept {
        const Duration age = now - margin_at_;
        if (age >= kMemory) return {};
        const auto left =
            1.0 - static_cast<double>(age.count()) / static_cast<double>(Duration{kMemory}.count());
        return Duration{static_cast<std::int64_t>(static_cast<double>(margin_.count()) * left)};
    }
    const Histogram& gaps() const noexcept { return gaps_; }

  private:
    void observe(Duration gap, TimePoint now) noexcept {
        gaps_.add(gap);
        const Duration wanted = gap * kMarginNumerator / kMarginDenominator;
        if (wanted < margin(now)) return;
        margin_ = wanted;
        margin_at_ = now;
    }

    std::optional<TimePoint> last_;
    Histogram gaps_;
    Duration margin_{};
    TimePoint margin_at_{};
};

}  // namespace midinet::control
