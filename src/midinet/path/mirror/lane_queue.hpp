// What a lane delivers, made ready to be compared: long SysEx whole, losses noticed.
#pragma once

#include "base/lazy_array.hpp"
#include "path/mirror/numbering.hpp"
#include "path/types.hpp"

namespace midinet::path {

/// Takes what a lane reads.
class LaneSink {
  public:
    virtual ~LaneSink() = default;
    /// `came`: when the stream delivered it, before it waited here. RT-safe.
    virtual void on_lane_event(const wire::Event& event, TimePoint when,
                               TimePoint came) noexcept = 0;
    /// Between the last event and the next one of that port something is missing. RT-safe.
    virtual void on_lane_loss(PortIndex port) noexcept = 0;
};

/// Holds a lane's long SysEx back until all its fragments are there, and with it the later events
/// of its port, so that the order within a port stays. Ticks need no place in the order and are
/// never held. A long SysEx that is lost is a loss like that of any event. Memory: kDepth events,
/// touched where they are used. RT-safe after construction.
class LaneQueue {
  public:
    static constexpr std::uint32_t kDepth = 4096;

    LaneQueue() : ring_(kDepth) {}

    bool empty() const noexcept { return first_ == end_; }
    /// The lane's numbers begin anew.
    void restart() noexcept {
        first_ = end_;
        blocked_ = losses_ = 0;
        numbering_.reset();
    }
    /// Drops what waits.
    void clear(LaneSink& sink) noexcept {
        first_ = end_;
        losses_ |= blocked_;
        blocked_ = 0;
        tell_losses(sink);
    }
    /// The next event that the lane delivers.
    void take(const wire::Event& event, TimePoint when, TimePoint came, const SysExStore& store,
              LaneSink& sink) noexcept {
        if (numbering_.take(event.sequence, is_tick(event))) {
            losses_ = kAllPorts;
            tell_losses(sink);
        }
        const bool incomplete = readiness(event, store) != SysExStore::Readiness::Complete;
        const bool behind = (blocked_ & bit(event.port)) != 0 && !is_tick(event);
        if (!incomplete && !behind) return sink.on_lane_event(event, when, came);
        const bool after_loss = (losses_ & bit(event.port)) != 0;
        losses_ &= ~bit(event.port);
        if (end_ - first_ == kDepth) forget_oldest();
        ring_[end_++ % kDepth] = {
            .event = event, .when = when, .came = came, .present = true, .after_loss = after_loss};
        blocked_ |= bit(event.port);
    }
    /// Gives what need not wait any more.
    void pump(const SysExStore& store, LaneSink& sink) noexcept {
        if (empty()) return;
        blocked_ = 0;
        for (auto i = first_; i != end_; ++i) {
            Waiting& waiting = ring_[i % kDepth];
            if (!waiting.present || (blocked_ & bit(waiting.event.port)) != 0) continue;
            const auto ready = readiness(waiting.event, store);
            if (ready == SysExStore::Readiness::Waiting) {
                blocked_ |= bit(waiting.event.port);
                continue;
            }
            waiting.present = false;
            if (waiting.after_loss || ready == SysExStore::Readiness::Lost)
                sink.on_lane_loss(waiting.event.port);
            if (ready == SysExStore::Readiness::Complete)
                sink.on_lane_event(waiting.event, waiting.when, waiting.came);
        }
        while (first_ != end_ && !ring_[first_ % kDepth].present) ++first_;
        tell_losses(sink);
    }

  private:
    struct Waiting {
        wire::Event event;
        TimePoint when;
        TimePoint came;
        bool present = false;
        bool after_loss = false;
    };
    static constexpr std::uint32_t kAllPorts = (1U << kMaxPorts) - 1;
    static constexpr std::uint32_t bit(PortIndex port) noexcept {
        return port.value < kMaxPorts ? 1U << port.value : 0;
    }
    static SysExStore::Readiness readiness(const wire::Event& event,
                                           const SysExStore& store) noexcept {
        return event.kind == wire::EventKind::LongSysEx ? store.readiness(event.extent, event.port)
                                                        : SysExStore::Readiness::Complete;
    }
    void forget_oldest() noexcept { losses_ |= bit(ring_[first_++ % kDepth].event.port); }
    /// Of the ports on which nothing older waits.
    void tell_losses(LaneSink& sink) noexcept {
        for (std::uint8_t port = 0; losses_ != 0 && port < kMaxPorts; ++port) {
            const auto mask = bit(PortIndex{port});
            if ((losses_ & ~blocked_ & mask) == 0) continue;
            losses_ &= ~mask;
            sink.on_lane_loss(PortIndex{port});
        }
    }

    UnsetArray<Waiting> ring_;
    Numbering numbering_;
    std::uint32_t first_ = 0;  ///< counts up for ever; the place is modulo kDepth
    std::uint32_t end_ = 0;
    std::uint32_t blocked_ = 0;  ///< ports on which something waits, a bit each
    std::uint32_t losses_ = 0;   ///< ports whose next event comes after a loss
};

}  // namespace midinet::path
