// The last events a source numbered, for repeats and retransmission.
#pragma once

#include "base/lazy_array.hpp"
#include "wire/event.hpp"

namespace midinet::path {

/// A ring of the last kDepth events by number. RT-safe after construction.
class History {
  public:
    /// 330 ms at 50,000 events/s: several hundred round trips of a LAN.
    static constexpr std::uint32_t kDepth = 16384;

    History() : events_(kDepth) {}

    /// Precondition: event.sequence follows the newest.
    void push(const wire::Event& event) noexcept {
        events_[event.sequence.value % kDepth] = event;
        newest_ = event.sequence;
        if (held_ < kDepth) ++held_;
    }
    /// Nothing when it was never numbered or is no longer held. Lifetime: kDepth more events.
    const wire::Event* find(Sequence sequence) const noexcept {
        const auto back = distance(sequence, newest_);
        if (back < 0 || static_cast<std::uint32_t>(back) >= held_) return nullptr;
        return &events_[sequence.value % kDepth];
    }
    Sequence newest() const noexcept { return newest_; }

  private:
    UnsetArray<wire::Event> events_;
    Sequence newest_;
    std::uint32_t held_ = 0;
};

}  // namespace midinet::path
