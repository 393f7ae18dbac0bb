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
    Message = 0,  ///< a complete MIDI message, SysEx of at most Message::kMaxInline bytes included
    LongSysEx =
        1,  ///< the place in the order of a longer SysEx, whose bytes travel in the bulk lane
    AbortedSysEx =
        2,  ///< the long SysEx begun on this port ends here without an F7: forget its fragments
};

/// Where in the bulk lane the bytes of a long SysEx are. Fragments of other ports may lie between.
struct SysExExtent {
    Sequence first_fragment;
    Sequence last_fragment;
    std::uint32_t bytes = 0;  ///< length of the whole message, F0 and F7 included
    std::uint32_t crc = 0;    ///< CRC-32 (IEEE 802.3) of the whole message
    friend bool operator==(const SysExExtent&, const SysExExtent&) = default;
};

struct Event {
    Sequence sequence;
    PortIndex port;
    EventKind kind = EventKind::Message;
    StreamTime time_us =
        0;  ///< when the source read it; on the wire rounded to kAgeUnitUs against the send time
    midi::Message message;  ///< for EventKind::Message
    SysExExtent extent;     ///< for the other kinds
};

}  // namespace midinet::wire
