// What one lane's numbers tell: which events it lost for good.
#pragma once

#include "wire/request.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace midinet::path {

/// The numbers of a lane as its events are delivered: once each, in order, but for ticks, which may
/// overtake a gap. A number that was passed over is lost, since it will never be delivered. The
/// last kGaps gaps are remembered. RT-safe.
class Numbering {
  public:
    static constexpr unsigned kGaps = 16;

    void reset() noexcept { *this = Numbering{}; }
    /// Takes the next delivered number. Gives what was passed over before it.
    std::optional<wire::Range> take(Sequence number, bool tick) noexcept {
        if (tick && known_ && number != next_) {
            early_[early_count_++ % kGaps] = number;
            return std::nullopt;
        }
        const auto ahead = distance(next_, number);
        if (known_ && ahead < 0) return std::nullopt;  // not a lane's order: nothing to learn
        const wire::Range gap{next_, number.minus(1)};
        const bool passed_over = known_ && ahead > 0;
        known_ = true;
        next_ = number.next();
        if (!passed_over) return std::nullopt;
        gaps_[gap_count_++ % kGaps] = gap;
        return gap;
    }
    bool lost(Sequence number) const noexcept {
        const auto known_gaps = std::min(gap_count_, kGaps);
        for (unsigned i = 0; i < known_gaps; ++i)
            if (contains(gaps_[i], number)) return !came_early(number);
        return false;
    }
    static constexpr bool contains(const wire::Range& range, Sequence number) noexcept {
        return !is_after(range.first, number) && !is_after(number, range.last);
    }

  private:
    bool came_early(Sequence number) const noexcept {
        const auto* end = early_.data() + std::min(early_count_, kGaps);
        return std::find(early_.data(), end, number) != end;
    }

    std::array<wire::Range, kGaps> gaps_{};
    std::array<Sequence, kGaps> early_{};
    unsigned gap_count_ = 0;
    unsigned early_count_ = 0;
    Sequence next_;
    bool known_ = false;
};

}  // namespace midinet::path
