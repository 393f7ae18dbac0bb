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
    static constexpr std::size_t kOften = 16;

    /// Something of the host was heard. `ours`: we were stalled in between, so the gap tells
    /// nothing of the host.
    void on_heard(TimePoint now, bool ours) noexcept {
        if (last_ && !ours && now > *last_) observe(now - *last_, now);
        if (now >= margin_until_) look_back(now);
        last_ = now;
    }
    /// The host fell silent or began anew: the gap that ends now is an outage, not a near miss.
    void interrupt() noexcept { last_.reset(); }

    /// The least silence that what was observed of late makes remarkable; zero when nothing was.
    /// As of the moment when it was heard last. Judged by the second longest gap: what happened
    /// once may never happen again, and waiting for it would cost time whenever a host dies.
    Duration margin() const noexcept { return margin_; }
    /// Whether gaps of at least this length are ordinary here: there were kOften of late.
    bool often(Duration gap) const noexcept { return least_ >= gap; }
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
        if (gap < least_) return;
        auto& least = *std::min_element(longest_.begin(), longest_.end(),
                                        [now](const Remembered& a, const Remembered& b) {
                                            return held(a, now) < held(b, now);
                                        });
        least = {gap, now};
        look_back(now);
    }
    /// What the remembered gaps say as of now.
    void look_back(TimePoint now) noexcept {
        Duration longest{};
        Duration second{};
        least_ = Duration::max();
        margin_until_ = kNever;
        for (const auto& remembered : longest_) {
            const auto gap = held(remembered, now);
            second = std::max(second, std::min(gap, longest));
            longest = std::max(longest, gap);
            least_ = std::min(least_, gap);
            if (gap > Duration{}) margin_until_ = std::min(margin_until_, remembered.at + kMemory);
        }
        margin_ = second * kMarginNumerator / kMarginDenominator;
    }

    std::optional<TimePoint> last_;
    Histogram gaps_;
    std::array<Remembered, kOften> longest_{};
    Duration least_{};  ///< of them
    Duration margin_{};
    TimePoint margin_until_ = kNever;  ///< when one of them is forgotten
};

}  // namespace midinet::control
