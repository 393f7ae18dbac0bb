// Which bytes may go out in front of those that wait.
#pragma once

#include "midi/message.hpp"

#include <cstdint>
#include <span>

namespace midinet::platform {

/// Keeps account of a queue of MIDI bytes. A tick is worth nothing late, so it need not wait behind
/// notes or a SysEx (MIDI 1.0 lets real-time bytes stand between any two others). But it means
/// something else before a start or a song position than after it, so it waits behind those; and
/// they, in turn, wait for their own place. Thread: the queue's. RT-safe.
class Overtaking {
  public:
    /// `bytes`: a message, or a piece of one.
    bool allowed(std::span<const std::uint8_t> bytes) const noexcept {
        return bytes.size() == 1 && is_tick(bytes[0]) && sent_ >= ordered_until_;
    }
    /// `bytes` were queued; `message` is the whole that they are the rest of.
    void queued(std::size_t bytes, std::span<const std::uint8_t> message) noexcept {
        queued_ += bytes;
        if (bytes > 0 && is_ordered(message[0])) ordered_until_ = queued_;
    }
    void sent(std::size_t bytes) noexcept { sent_ += bytes; }

  private:
    static constexpr bool is_tick(std::uint8_t byte) noexcept {
        return byte == 0xF8 || byte == 0xF9 || byte == 0xFD || byte == 0xFE;
    }
    static constexpr bool is_ordered(std::uint8_t status) noexcept {
        return status == 0xF2 || status == 0xF3 || midi::is_realtime(status);
    }
    std::uint64_t queued_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t ordered_until_ = 0;  ///< how much must have been sent before a tick may overtake
};

}  // namespace midinet::platform
