// What a lane may not give yet: a long SysEx that is not whole, all that it brings before it is in
// step, and what came behind that.
#pragma once

#include "base/lazy_array.hpp"
#include "path/mirror/likeness.hpp"
#include "path/types.hpp"

namespace midinet::path {

/// Holds a lane's long SysEx back until all its fragments are there, and with it the later events
/// of its port, so that the order within a port stays. Ticks need no place in the order and are
/// never held. A long SysEx that is lost is left out. Memory: kDepth events, touched where they are
/// used. RT-safe after construction.
class LaneQueue {
  public:
    static constexpr std::uint32_t kDepth = 4096;

    LaneQueue() : ring_(kDepth) {}

    bool empty() const noexcept { return first_ == end_; }
    void clear() noexcept {
        first_ = end_;
        blocked_ = 0;
    }
    /// Whether it has to wait, also because `not_yet`; then it is kept. A full queue forgets its
    /// oldest: the other lane brings it.
    bool keep(const wire::Event& event, TimePoint when, const SysExStore& store,
              bool not_yet = false) noexcept {
        const bool incomplete =
            event.kind == wire::EventKind::LongSysEx &&
            store.readiness(event.extent, event.port) != SysExStore::Readiness::Complete;
        const bool behind = (blocked_ & bit(event.port)) != 0 && !is_tick(event);
        if (!incomplete && !behind && !not_yet) return false;
        if (end_ - first_ == kDepth) ++first_;
        ring_[end_++ % kDepth] = {.event = event, .when = when, .present = true};
        blocked_ |= bit(event.port);
        return true;
    }
    /// Whether one like it waits.
    bool holds(const wire::Event& event) const noexcept {
        const Likeness what{event};
        for (auto i = first_; i != end_; ++i) {
            const auto& waiting = ring_[i % kDepth];
            if (waiting.present && Likeness{waiting.event} == what) return true;
        }
        return false;
    }
    /// Calls `give(event, when)` for what need not wait any more.
    template <typename Give>
    void pump(const SysExStore& store, Give give) noexcept {
        blocked_ = 0;
        for (auto i = first_; i != end_; ++i) {
            Waiting& waiting = ring_[i % kDepth];
            const auto& event = waiting.event;
            if (!waiting.present || (blocked_ & bit(event.port)) != 0) continue;
            const auto readiness = event.kind == wire::EventKind::LongSysEx
                                       ? store.readiness(event.extent, event.port)
                                       : SysExStore::Readiness::Complete;
            if (readiness == SysExStore::Readiness::Waiting) {
                blocked_ |= bit(event.port);
                continue;
            }
            waiting.present = false;
            if (readiness == SysExStore::Readiness::Complete) give(event, waiting.when);
        }
        while (first_ != end_ && !ring_[first_ % kDepth].present) ++first_;
    }

  private:
    struct Waiting {
        wire::Event event;
        TimePoint when;
        bool present = false;
    };
    static constexpr std::uint32_t bit(PortIndex port) noexcept {
        return port.value < 32 ? 1U << port.value : 0;
    }

    LazyArray<Waiting> ring_;
    std::uint32_t first_ = 0;  ///< counts up for ever; the place is modulo kDepth
    std::uint32_t end_ = 0;
    std::uint32_t blocked_ = 0;  ///< ports on which something waits, a bit each
};

}  // namespace midinet::path
