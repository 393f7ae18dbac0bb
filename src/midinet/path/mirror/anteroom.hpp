// Where the events of a lane wait while it is not known where in the performance they belong.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/lazy_array.hpp"
#include "path/mirror/likeness.hpp"
#include "path/types.hpp"

#include <optional>
#include <span>

namespace midinet::path {

/// An event that a lane brought.
struct Arrival {
    wire::Event event;
    TimePoint when;  ///< its own moment
    TimePoint came;  ///< when the stream delivered it
};

/// Events of one lane, by track, oldest first. A full one forgets its oldest. Memory: kDepth
/// events, touched where they are used. RT-safe after construction.
class Anteroom {
  public:
    static constexpr std::uint32_t kDepth = 4096;
    struct Sample {
        Likeness what;
        TimePoint came;
        TimePoint when;
    };
    /// Enough to tell one place from all others, where it can be told at all.
    using Samples = FixedVector<Sample, 64>;

    Anteroom() : ring_(kDepth) {}

    bool empty() const noexcept { return first_ == end_; }
    void put(const Arrival& arrival, unsigned track) noexcept {
        if (end_ - first_ == kDepth) ++first_;
        ring_[end_++ % kDepth] = {arrival, track, true};
    }
    /// Of the oldest of a track, from the one after `skip` on.
    Samples samples(unsigned track, unsigned skip = 0) const noexcept {
        Samples samples;
        for (auto i = first_; i != end_; ++i) {
            const auto& waiting = ring_[i % kDepth];
            if (!waiting.present || waiting.track != track) continue;
            if (skip > 0) {
                --skip;
                continue;
            }
            const Likeness what{waiting.arrival.event};
            if (!samples.push_back({what, waiting.arrival.came, waiting.arrival.when})) break;
        }
        return samples;
    }
    /// All of a track, oldest first, in the memory of `into`. Precondition: it holds kDepth.
    std::span<const Sample> all(unsigned track, UnsetArray<Sample>& into) const noexcept {
        std::size_t count = 0;
        for (auto i = first_; i != end_; ++i) {
            const auto& waiting = ring_[i % kDepth];
            if (waiting.present && waiting.track == track)
                into[count++] = {.what = Likeness{waiting.arrival.event},
                                 .came = waiting.arrival.came,
                                 .when = waiting.arrival.when};
        }
        return {&into[0], count};
    }
    unsigned count(unsigned track) const noexcept {
        unsigned count = 0;
        for (auto i = first_; i != end_; ++i) {
            const auto& waiting = ring_[i % kDepth];
            count += waiting.present && waiting.track == track ? 1 : 0;
        }
        return count;
    }
    /// When the oldest of a track came; nothing when none waits.
    std::optional<TimePoint> oldest(unsigned track) const noexcept {
        for (auto i = first_; i != end_; ++i) {
            const auto& waiting = ring_[i % kDepth];
            if (waiting.present && waiting.track == track) return waiting.arrival.came;
        }
        return std::nullopt;
    }
    /// When the latest of a track came; nothing when none waits.
    std::optional<TimePoint> latest(unsigned track) const noexcept {
        for (auto i = end_; i != first_;) {
            const auto& waiting = ring_[--i % kDepth];
            if (waiting.present && waiting.track == track) return waiting.arrival.came;
        }
        return std::nullopt;
    }
    /// Takes all of a track out, oldest first. `visit` may clear the track: then no more come.
    template <typename Visit>
    void drain(unsigned track, Visit visit) noexcept {
        for (auto i = first_; i != end_; ++i) {
            auto& waiting = ring_[i % kDepth];
            if (!waiting.present || waiting.track != track) continue;
            waiting.present = false;
            visit(static_cast<const Arrival&>(waiting.arrival));
        }
        tidy();
    }
    void drop_oldest(unsigned track, unsigned count) noexcept {
        for (auto i = first_; i != end_ && count > 0; ++i) {
            auto& waiting = ring_[i % kDepth];
            if (!waiting.present || waiting.track != track) continue;
            waiting.present = false;
            --count;
        }
        tidy();
    }
    /// Gives how much that was.
    template <typename Which>
    unsigned drop_if(unsigned track, Which which) noexcept {
        unsigned dropped = 0;
        for (auto i = first_; i != end_; ++i) {
            auto& waiting = ring_[i % kDepth];
            if (!waiting.present || waiting.track != track || !which(waiting.arrival)) continue;
            ++dropped;
            waiting.present = false;
        }
        tidy();
        return dropped;
    }
    void clear(unsigned track) noexcept {
        for (auto i = first_; i != end_; ++i)
            if (auto& waiting = ring_[i % kDepth]; waiting.track == track) waiting.present = false;
    }
    void clear() noexcept { first_ = end_; }

  private:
    struct Waiting {
        Arrival arrival;
        unsigned track = 0;
        bool present = false;
    };
    void tidy() noexcept {
        while (first_ != end_ && !ring_[first_ % kDepth].present) ++first_;
    }

    UnsetArray<Waiting> ring_;
    std::uint32_t first_ = 0;  ///< counts up for ever; the place is modulo kDepth
    std::uint32_t end_ = 0;
};

}  // namespace midinet::path
