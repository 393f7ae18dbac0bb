// What one lane's numbers tell: whether it lost something for good.
#pragma once

#include "base/serial.hpp"

#include <algorithm>
#include <array>

namespace midinet::path {

/// The numbers of a lane as its events are delivered: once each, in order, but for ticks, which may
/// overtake a gap. A number that was passed over, and is not that of a tick which came early, is
/// lost: it will never be delivered. RT-safe.
class Numbering {
  public:
    /// Ticks that overtake one gap and are remembered. Where there are more, the gap seems larger
    /// than it was.
    static constexpr unsigned kEarly = 16;

    void reset() noexcept { *this = Numbering{}; }
    /// Takes the next delivered number. True when something before it was lost.
    bool take(Sequence number, bool tick) noexcept {
        if (tick && known_ && number != next_) {
            early_[early_count_++ % kEarly] = number;
            return false;
        }
        const auto ahead = distance(next_, number);
        if (known_ && ahead < 0) return false;  // not a lane's order: nothing to learn
        const bool lost = known_ && ahead > early_between(next_, number);
        known_ = true;
        next_ = number.next();
        return lost;
    }

  private:
    std::int32_t early_between(Sequence from, Sequence to) const noexcept {
        const auto* end = early_.data() + std::min(early_count_, kEarly);
        return static_cast<std::int32_t>(std::count_if(early_.data(), end, [&](Sequence tick) {
            return !is_after(from, tick) && is_after(to, tick);
        }));
    }

    std::array<Sequence, kEarly> early_{};
    unsigned early_count_ = 0;
    Sequence next_;
    bool known_ = false;
};

}  // namespace midinet::path
