// One strand of the performance as it was played: a port's messages, or its ticks.
#pragma once

#include "base/lazy_array.hpp"
#include "base/time.hpp"
#include "base/types.hpp"
#include "path/mirror/likeness.hpp"

#include <optional>
#include <utility>

namespace midinet::path {

using LaneId = Strong<struct LaneIdTag, std::uint8_t>;

/// What was played, by position: each event has the number of events before it. The last kDepth
/// are remembered. RT-safe after construction.
class Track {
  public:
    using Position = std::uint64_t;
    /// 80 ms of a flood of 50,000 events/s; touched only where it is used.
    static constexpr std::uint32_t kDepth = 4096;

    class Entry {
      public:
        Likeness what;
        TimePoint came;  ///< when its first copy was delivered
        TimePoint when;  ///< the moment of its first copy
        bool after_interruption = false;
        bool was_brought_by(LaneId lane) const noexcept { return (lanes_ & 1U << lane.value) != 0; }
        void is_brought_by(LaneId lane) noexcept {
            lanes_ = static_cast<std::uint8_t>(lanes_ | 1U << lane.value);
        }

      private:
        std::uint8_t lanes_ = 0;
    };

    Track() : ring_(kDepth) {}

    Position begin() const noexcept { return end_ > begin_ + kDepth ? end_ - kDepth : begin_; }
    Position end() const noexcept { return end_; }
    bool empty() const noexcept { return begin_ == end_; }
    Entry& operator[](Position at) noexcept { return ring_[at % kDepth]; }
    const Entry& operator[](Position at) const noexcept { return ring_[at % kDepth]; }
    const Entry& back() const noexcept { return (*this)[end_ - 1]; }
    void append(const Likeness& what, TimePoint came, TimePoint when, LaneId by) noexcept {
        auto& entry = (*this)[end_++] = {};
        entry.what = what;
        entry.came = came;
        entry.when = when;
        entry.after_interruption = std::exchange(interrupted_, false);
        entry.is_brought_by(by);
    }
    /// The port was told a state: that of the performance up to `moment`, before what comes next.
    void tell(TimePoint moment) noexcept { told_ = moment; }
    /// Nothing was played yet, and the state that was told is later than an event of `when`.
    bool was_told(TimePoint when) const noexcept { return empty() && told_ && when <= *told_; }
    /// Neither an event nor a state was told.
    bool is_untold() const noexcept { return empty() && !told_; }
    /// Something of the performance may be missing before what comes next.
    void interrupt() noexcept { interrupted_ = true; }
    /// Positions go on.
    void clear() noexcept {
        begin_ = end_;
        interrupted_ = false;
        told_.reset();
    }

  private:
    UnsetArray<Entry> ring_;
    Position begin_ = 0;
    Position end_ = 0;
    bool interrupted_ = false;
    std::optional<TimePoint> told_;
};

}  // namespace midinet::path
