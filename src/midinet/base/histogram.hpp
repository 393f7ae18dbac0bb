// A log-linear histogram of durations: constant memory, about 3 % resolution.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace midinet {

/// Counts non-negative durations from 1 ns to about 18 minutes. Units: nanoseconds. `add` is
/// RT-safe.
class Histogram {
  public:
    void add(Duration d) noexcept {
        const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(d.count(), 0));
        ++buckets_[std::min(index_of(ns), kBuckets - 1)];
        ++count_;
        max_ = std::max(max_, ns);
    }
    std::uint64_t count() const noexcept { return count_; }
    Duration max() const noexcept { return Duration{static_cast<std::int64_t>(max_)}; }

    /// The upper edge of the bucket that holds quantile `q` (0..1); zero when empty. Never above
    /// `max()`.
    Duration quantile(double q) const noexcept {
        const auto rank = static_cast<std::uint64_t>(q * static_cast<double>(count_));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < kBuckets; ++i) {
            seen += buckets_[i];
            if (seen > rank || seen == count_)
                return Duration{static_cast<std::int64_t>(std::min(upper_edge(i), max_))};
        }
        return max();
    }
    /// Tells each bucket that is not empty, the shortest first: its upper edge, and how many. Never
    /// an edge above `max()`.
    template <typename Take>
    void for_each(Take&& take) const {
        for (std::size_t i = 0; i < kBuckets; ++i)
            if (buckets_[i] != 0)
                take(Duration{static_cast<std::int64_t>(std::min(upper_edge(i), max_))},
                     buckets_[i]);
    }
    /// What was added behind `earlier`, which this one was once. Its max() is the upper edge of the
    /// last bucket that grew, and never above this one's.
    Histogram since(const Histogram& earlier) const noexcept {
        Histogram grown;
        for (std::size_t i = 0; i < kBuckets; ++i) {
            grown.buckets_[i] = buckets_[i] - std::min(buckets_[i], earlier.buckets_[i]);
            grown.count_ += grown.buckets_[i];
            if (grown.buckets_[i] != 0) grown.max_ = std::min(upper_edge(i), max_);
        }
        return grown;
    }
    void clear() noexcept { *this = Histogram{}; }

  private:
    static constexpr unsigned kSubBits = 5;  // 32 linear steps per octave: 1/32 = 3 %
    static constexpr std::size_t kBuckets = 36U << kSubBits;

    static constexpr std::size_t index_of(std::uint64_t ns) noexcept {
        if (ns < (1U << kSubBits)) return static_cast<std::size_t>(ns);
        const auto octave = static_cast<unsigned>(std::bit_width(ns)) - 1 - kSubBits;
        return (static_cast<std::size_t>(octave) << kSubBits) +
               static_cast<std::size_t>(ns >> octave);
    }
    static constexpr std::uint64_t upper_edge(std::size_t i) noexcept {
        if (i < (2U << kSubBits)) return i;
        const auto octave = (i >> kSubBits) - 1;
        const auto step = (i & ((1U << kSubBits) - 1)) + (1U << kSubBits);
        return ((static_cast<std::uint64_t>(step) + 1) << octave) - 1;
    }

    std::array<std::uint64_t, kBuckets> buckets_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace midinet
