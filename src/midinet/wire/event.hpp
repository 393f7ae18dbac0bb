// What the stream numbers: an event of the live lane.
#pragma once

#include "base/serial.hpp"
#include "base/types.hpp"
#include "midi/message.hpp"

#include <cstdint>

namespace midinet::wire {

/// Microseconds since the source's epoch began, by the source's clock.
using StreamTime = std::uint64_t;

enum class EventKind : std::uint8_t {
    /// A complete MIDI message, SysEx of at most Message::kMaxInline bytes included.
    Message = 0,
    /// The place in the order of a longer SysEx, whose bytes travel in the bulk lane.
    LongSysEx = 1,
    /// The long SysEx begun on this port ends here without an F7: forget its fragments.
    AbortedSysEx = 2,
};

/// Where in the bulk lane the bytes of a long SysEx are. Fragments of other ports may lie between.
struct SysExExtent {
    Sequence first_fragment{};
    Sequence last_fragment{};
    std::uint32_t bytes = 0;  ///< length of the whole message, F0 and F7 included
    std::uint32_t crc = 0;    ///< CRC-32 (IEEE 802.3) of the whole message
    friend bool operator==(const SysExExtent&, const SysExExtent&) = default;
};

struct Event {
    Sequence sequence{};
    PortIndex port{};
    EventKind kind = EventKind::Message;
    /// When the source read it. On the wire in kAgeUnitUs before the send time, rounded down.
    StreamTime time_us = 0;
    midi::Message message{};  ///< for EventKind::Message
    SysExExtent extent{};     ///< for the other kinds
    friend bool operator==(const Event&, const Event&) = default;
};

}  // namespace midinet::wire
