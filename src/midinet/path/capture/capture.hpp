// Bytes of the device's ports in, messages out.
#pragma once

#include "base/time.hpp"
#include "base/types.hpp"
#include "midi/parser.hpp"

#include <array>

namespace midinet::path {

/// What capture finds, tagged with its port and moment.
class CaptureSink {
  public:
    virtual ~CaptureSink() = default;
    virtual void on_message(PortIndex port, const midi::Message& message,
                            TimePoint stamp) noexcept = 0;
    virtual void on_sysex_piece(PortIndex port, std::span<const std::uint8_t> bytes, bool first,
                                bool last, TimePoint stamp) noexcept = 0;
    virtual void on_sysex_aborted(PortIndex port, TimePoint stamp) noexcept = 0;
    /// Not for the stream: see Capture.
    virtual void on_active_sensing(PortIndex /*port*/, TimePoint /*stamp*/) noexcept {}
};

/// One parser a port. Active sensing is taken out: it tells of a cable, not of music; `senses` says
/// whether it was there, and the client makes its own. Thread: the engine's. RT-safe.
class Capture {
  public:
    /// Precondition: port.value < kMaxPorts.
    void feed(PortIndex port, std::span<const std::uint8_t> bytes, TimePoint stamp,
              CaptureSink& sink) noexcept;
    /// The device went away: half messages are dropped.
    void reset(TimePoint stamp, CaptureSink& sink) noexcept;
    /// Whether the source sent active sensing within the last second.
    bool senses(TimePoint now) const noexcept { return sensed_ && now - last_sensing_ < 1s; }
    midi::ParserCounters counters() const noexcept;

  private:
    std::array<midi::StreamParser, kMaxPorts> parsers_;
    TimePoint last_sensing_{};
    bool sensed_ = false;
};

}  // namespace midinet::path
