// Which of the sources heard is played. Pure: time and beats in, decisions out.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/time.hpp"
#include "base/types.hpp"

#include <cstdint>
#include <optional>

namespace midinet::control {

struct ActiveSourceOptions {
    /// Beats that must be missing before a source counts as silent.
    unsigned miss_threshold = 3;
    /// A source with no other to take over from it is given this long: releasing its notes early
    /// would help nobody.
    Duration lone_patience = 100ms;
    /// For this long after the first source was heard, one with a lower id takes over: both hosts
    /// are there, we only heard them in this order.
    Duration settling = 1s;
};

/// Follows the lowest id heard first, stays with it while it is alive, and moves to the lowest
/// living id when it falls silent. It never returns by itself. Thread: one. RT-safe.
class ActiveSource {
  public:
    static constexpr std::size_t kMaxSources = 4;

    struct Decision {
        std::optional<SourceId> play;    ///< the source to play from now on, when it changed
        std::optional<SourceId> silent;  ///< the active source fell silent: release its notes
    };

    explicit ActiveSource(const ActiveSourceOptions& options) : options_(options) {}

    /// Something of `source` arrived. `interval`: its announced beat interval.
    void on_heard(SourceId source, Duration interval, TimePoint now) noexcept;
    /// It said goodbye: silent at once, and for kFarewell nothing that is still on its way brings
    /// it back.
    void on_goodbye(SourceId source) noexcept;
    /// Call at least once per wake-up, after all sockets were drained. A call that comes more than
    /// a beat later than next_due() asked for was our own stall, and no source's silence is counted
    /// from before it.
    Decision judge(TimePoint now) noexcept;
    TimePoint next_due() const noexcept;
    std::optional<SourceId> active() const noexcept { return active_; }
    bool alive(SourceId source, TimePoint now) const noexcept;

  private:
    static constexpr Duration kFarewell = 50ms;
    struct Heard {
        SourceId source;
        TimePoint last;
        Duration interval;
        bool gone = false;
    };
    Heard* find(SourceId source) noexcept;
    bool is_alive(const Heard& heard, TimePoint now) const noexcept;
    const Heard* best(TimePoint now) const noexcept;

    ActiveSourceOptions options_;
    FixedVector<Heard, kMaxSources> heard_;
    std::optional<SourceId> active_;
    bool active_silent_ = false;
    TimePoint settled_at_ = kNever;
    TimePoint judged_at_{};
    TimePoint judge_by_ = kNever;  ///< when the last judge() asked to be called again
};

}  // namespace midinet::control
