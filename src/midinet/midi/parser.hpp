// A byte stream in, complete messages out.
// Source: MIDI 1.0 Detailed Specification 4.2, pp. 5-7 and A-1.
#pragma once

#include "midi/message.hpp"

#include <cstdint>
#include <span>

namespace midinet::midi {

/// What the parser finds. Called in stream order, except that real-time bytes come at once, also
/// inside a message.
class ParserSink : public MessageSink {
  public:
    /// A piece of a SysEx too long for a Message. The pieces of one message, joined, are F0 … F7,
    /// byte-exact. `last` marks the piece that ends with F7. Lifetime: `bytes` only during the
    /// call.
    virtual void on_sysex_piece(std::span<const std::uint8_t> bytes, bool first,
                                bool last) noexcept = 0;
    /// The SysEx whose pieces were being handed out was cut off by another status byte, or by
    /// `reset()`.
    virtual void on_sysex_aborted() noexcept = 0;
};

struct ParserCounters {
    std::uint64_t messages = 0;        ///< complete messages, long SysEx included
    std::uint64_t stray_bytes = 0;     ///< data without a status to belong to, F7 outside a SysEx
    std::uint64_t aborted_sysex = 0;   ///< SysEx cut off by a status that is not F7 nor real-time
    std::uint64_t torn_messages = 0;   ///< channel or common messages cut off by another status
    std::uint64_t active_sensing = 0;  ///< FE bytes seen
};

/// Rules: running status for channel messages; F8–FF leave it alone, F0–F7 clear it; F8–FF pass at
/// once, also inside SysEx and between data bytes; any other status inside a SysEx aborts it. A
/// SysEx of at most Message::kMaxInline bytes is one on_message; a longer one is handed out in
/// pieces as its bytes come, so that no length is too long. Bytes of a message may be spread over
/// any number of calls. Thread: one. RT-safe.
class StreamParser {
  public:
    void feed(std::span<const std::uint8_t> bytes, ParserSink& sink) noexcept;
    /// The source went away: forget running status and any half message (a half long SysEx is
    /// reported as aborted).
    void reset(ParserSink& sink) noexcept;
    const ParserCounters& counters() const noexcept { return counters_; }

  private:
    enum class Mode : std::uint8_t { Idle, Message, ShortSysEx, LongSysEx };

    void begin(std::uint8_t status, ParserSink& sink) noexcept;
    void data(std::uint8_t byte, ParserSink& sink) noexcept;
    void end_sysex(ParserSink& sink) noexcept;
    void abandon(ParserSink& sink) noexcept;
    std::size_t feed_long_sysex(std::span<const std::uint8_t> bytes, ParserSink& sink) noexcept;

    Message pending_;
    std::uint8_t running_status_ = 0;
    std::uint8_t expected_ = 0;
    Mode mode_ = Mode::Idle;
    ParserCounters counters_;
};

}  // namespace midinet::midi
