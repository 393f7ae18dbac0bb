// From an engine to those who want to see what passes.
#pragma once

#include "base/spsc_ring.hpp"
#include "control/plane/tap.hpp"
#include "midi/message.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

namespace midinet::engine {

/// While nobody listens an engine tests one flag for each message, and does nothing. Else what
/// passes goes into a bounded ring; when that is full it is counted, and nobody waits. Changes
/// nothing in what is played. RT-safe after construction.
class TapFeed {
  public:
    /// 60 ms of 34,000 messages a second.
    static constexpr std::size_t kDepth = 2048;

    // Thread: control.
    void want(control::plane::TapPoints points) noexcept {
        wanted_.store(points, std::memory_order_relaxed);
    }
    [[nodiscard]] bool poll(control::plane::TapEvent& event) noexcept { return ring_.pop(event); }
    /// Events ever that found the ring full. Thread: any.
    std::uint64_t overflowed() const noexcept {
        return overflowed_.load(std::memory_order_relaxed);
    }

    // Thread: the engine's.
    bool wants(control::plane::TapPoint point) const noexcept {
        return (wanted_.load(std::memory_order_relaxed) & bit(point)) != 0;
    }
    /// A whole message. Precondition: at least a byte.
    void take(control::plane::TapPoint point, PortIndex port, std::span<const std::uint8_t> bytes,
              TimePoint at) noexcept {
        if (!wants(point)) return;
        control::plane::TapEvent event{.at = at, .point = point, .port = port};
        event.length = static_cast<std::uint32_t>(bytes.size());
        for (const auto byte :
             bytes.first(std::min(bytes.size(), control::plane::TapEvent::kMaxHead)))
            (void)event.head.push_back(byte);
        push(event);
    }
    /// A part of a SysEx. Lifetime: within the call.
    struct Piece {
        std::span<const std::uint8_t> bytes;
        bool first = false;  ///< it begins with F0
        bool last = false;   ///< it ends with F7
    };
    /// The next one. A SysEx whose beginning was not seen is not told.
    void take_piece(control::plane::TapPoint point, PortIndex port, const Piece& piece,
                    TimePoint at) noexcept {
        auto& open = open_at(point, port);
        if (!wants(point)) {
            open.length = 0;
            return;
        }
        if (piece.first) open = {.at = at, .point = point, .port = port};
        if (!piece.first && open.length == 0) return;
        open.length += static_cast<std::uint32_t>(piece.bytes.size());
        for (const auto byte : piece.bytes)
            if (!open.head.push_back(byte)) break;
        if (piece.last) close(open, false);
    }
    /// The SysEx whose pieces were told ends here.
    void take_cut(control::plane::TapPoint point, PortIndex port) noexcept {
        auto& open = open_at(point, port);
        if (open.length > 0) close(open, true);
    }
    /// What was written to a port: a whole message, or the next piece of a SysEx. Precondition: at
    /// least a byte.
    void take_written(control::plane::TapPoint point, PortIndex port,
                      std::span<const std::uint8_t> bytes, TimePoint at) noexcept {
        const auto lead = bytes.front();
        const bool ends = bytes.back() == kEndOfSysEx;
        const bool goes_on = !midi::is_status(lead) || lead == kEndOfSysEx;
        if (goes_on) return take_piece(point, port, {bytes, false, ends}, at);
        if (!midi::is_realtime(lead)) take_cut(point, port);
        if (lead == kSysEx && !ends) return take_piece(point, port, {bytes, true, false}, at);
        take(point, port, bytes, at);
    }

  private:
    static constexpr auto kSysEx = static_cast<std::uint8_t>(midi::Kind::SysEx);
    static constexpr auto kEndOfSysEx = static_cast<std::uint8_t>(midi::Kind::EndOfSysEx);

    control::plane::TapEvent& open_at(control::plane::TapPoint point, PortIndex port) noexcept {
        return open_[static_cast<std::size_t>(point) * kMaxPorts + port.value];
    }
    void push(const control::plane::TapEvent& event) noexcept {
        if (!ring_.push(event))
            overflowed_.store(overflowed_.load(std::memory_order_relaxed) + 1,
                              std::memory_order_relaxed);
    }
    void close(control::plane::TapEvent& open, bool cut_off) noexcept {
        open.cut_off = cut_off;
        push(open);
        open.length = 0;
    }

    std::atomic<control::plane::TapPoints> wanted_{0};
    SpscRing<control::plane::TapEvent> ring_{kDepth};
    std::atomic<std::uint64_t> overflowed_{0};
    /// SysEx that are under way.
    std::array<control::plane::TapEvent, control::plane::kTapPoints * std::size_t{kMaxPorts}>
        open_{};
};

}  // namespace midinet::engine
