// What one lane still owes: events that were played from others and whose copy it has not brought.
#pragma once

#include "base/lazy_array.hpp"
#include "base/time.hpp"
#include "path/mirror/likeness.hpp"

namespace midinet::path {

using LaneId = Strong<struct LaneIdTag, std::uint8_t>;

/// An event that was played, and from which lane.
struct Debt {
    Likeness what;
    TimePoint played{};
    Sequence number;        ///< in the numbering of `from`
    std::uint16_t run = 0;  ///< of `from`'s numbering; 0: it has no number
    LaneId from;
};

/// A queue of debts, oldest first, from which any may be taken. What expired is remembered, as far
/// as there is room, for a lane that was stopped and goes on. Memory is bounded by kDepth. RT-safe
/// after construction.
class Debts {
  public:
    /// 80 ms of a flood of 50,000 events/s; 128 KiB, touched only where it is used.
    static constexpr std::uint32_t kDepth = 4096;
    /// How far from the oldest one that may go is looked for when it is full.
    static constexpr std::uint32_t kChoice = 16;

    Debts() : ring_(kDepth) {}

    /// False when an older one had to go for it: its copy will be played a second time. Of the
    /// kChoice oldest that is the first value, since saying a value twice changes nothing, and only
    /// where there is none the oldest of all.
    bool push(const Debt& debt) noexcept {
        const bool fits = end_ - first_ < kDepth || make_room();
        if (end_ - old_ == kDepth) ++old_;
        at(end_++) = debt;
        return fits;
    }
    struct Expired {
        std::uint32_t count = 0;
        TimePoint latest = TimePoint::min();  ///< when the last of them that a lane gave was played
    };
    /// What was played before `then` is no debt any more.
    Expired expire(TimePoint then) noexcept {
        Expired expired;
        while (first_ != end_ && (!at(first_).what.present() || at(first_).played < then)) {
            if (at(first_).what.present()) {
                ++expired.count;
                if (at(first_).run != 0) expired.latest = at(first_).played;
            }
            ++first_;
        }
        return expired;
    }
    void erase(std::uint32_t i) noexcept {
        at(i).what = {};
        while (first_ != end_ && !at(first_).what.present()) ++first_;
    }
    /// All before the one with that index.
    void forget_until(std::uint32_t i) noexcept { old_ = first_ = i; }
    void forget_all_but_last() noexcept {
        if (first_ != end_) old_ = first_ = end_ - 1;
    }
    /// Calls `visit(index, debt)` from the oldest on until it gives true. It may erase its debt.
    template <typename Visit>
    bool any(Visit visit) noexcept {
        for (auto i = first_; i != end_; ++i)
            if (at(i).what.present() && visit(i, static_cast<const Debt&>(at(i)))) return true;
        return false;
    }
    /// The same with those that expired.
    template <typename Visit>
    bool any_expired(Visit visit) noexcept {
        while (old_ != first_ && !at(old_).what.present()) ++old_;
        for (auto i = old_; i != first_; ++i)
            if (at(i).what.present() && visit(i, static_cast<const Debt&>(at(i)))) return true;
        return false;
    }
    void forget_expired() noexcept { old_ = first_; }
    bool empty() const noexcept { return first_ == end_; }

  private:
    Debt& at(std::uint32_t i) noexcept { return ring_[i % kDepth]; }
    static bool is_value(const Likeness& what) noexcept {
        const auto message = what.channel_message();
        return !message.empty() && message.status() >= 0xA0;
    }
    /// True when what goes was paid already.
    bool make_room() noexcept {
        std::uint32_t victim = first_;
        for (std::uint32_t i = first_; i != first_ + kChoice; ++i) {
            const auto& what = at(i).what;
            if (what.present() && !is_value(what)) continue;
            victim = i;
            break;
        }
        const bool paid = !at(victim).what.present();
        for (; victim != first_; --victim) at(victim) = at(victim - 1);
        old_ = ++first_;
        return paid;
    }

    LazyArray<Debt> ring_;
    std::uint32_t old_ = 0;    ///< from here to first_ they expired
    std::uint32_t first_ = 0;  ///< counts up for ever; the place is modulo kDepth
    std::uint32_t end_ = 0;
};

}  // namespace midinet::path
