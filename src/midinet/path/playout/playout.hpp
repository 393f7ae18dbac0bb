// The jitter buffer: events at their own time plus a fixed delay.
#pragma once

#include "base/lazy_array.hpp"
#include "path/types.hpp"

namespace midinet::path {

/// With a delay of zero events pass straight through. Otherwise each waits until `when + delay`, in
/// order; one that is late already goes at once. A full buffer plays its oldest early rather than
/// losing it. Thread: the engine's. RT-safe after construction.
class Playout final : public EventSink {
  public:
    static constexpr std::uint32_t kDepth = 4096;

    Playout(Duration delay, EventSink& next)
        : delay_(delay), next_(next), waiting_(delay > Duration::zero() ? kDepth : 1) {}

    void on_event(const wire::Event& event, TimePoint when) noexcept override {
        if (delay_ <= Duration::zero()) {
            next_.on_event(event, when);
            return;
        }
        if (count_ == kDepth) play_oldest();
        // A queue: in order, also where the clock estimate moved back in between.
        waiting_[(first_ + count_++) % kDepth] = {
            .event = event, .when = when, .due = when + delay_};
    }
    void on_timer(TimePoint now) noexcept {
        while (count_ > 0 && waiting_[first_].due <= now) play_oldest();
    }
    TimePoint next_due() const noexcept { return count_ > 0 ? waiting_[first_].due : kNever; }
    bool empty() const noexcept { return count_ == 0; }
    /// Everything at once: its source is gone.
    void drain() noexcept {
        while (count_ > 0) play_oldest();
    }

  private:
    struct Waiting {
        wire::Event event;
        TimePoint when;
        TimePoint due;
    };
    void play_oldest() noexcept {
        const Waiting& oldest = waiting_[first_];
        first_ = (first_ + 1) % kDepth;
        --count_;
        next_.on_event(oldest.event, oldest.when);
    }

    Duration delay_;
    EventSink& next_;
    UnsetArray<Waiting> waiting_;
    std::uint32_t first_ = 0;
    std::uint32_t count_ = 0;
};

}  // namespace midinet::path
