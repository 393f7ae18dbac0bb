// A monitor's messages: what passes at one place of a box, told to whoever asked.
// Normative: docs/wire_format.md §14.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/time.hpp"
#include "base/types.hpp"
#include "control/plane/text.hpp"
#include "midi/message.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace midinet::control::plane {

/// Where MIDI is looked at.
enum class TapPoint : std::uint8_t {
    In,         ///< what a host's device sent, before anything is done with it
    Out,        ///< what a host puts into its stream, after the pipeline
    Delivered,  ///< what a client gave to its port, which took it
    Lights,     ///< what a host gave to its device, which took it: lights and faders
};
inline constexpr unsigned kTapPoints = 4;
std::string_view to_string(TapPoint point) noexcept;

/// Some of those: bit n for the enumerator n.
using TapPoints = std::uint8_t;
constexpr TapPoints bit(TapPoint point) noexcept {
    return static_cast<TapPoints>(1U << static_cast<unsigned>(point));
}
inline constexpr TapPoints kHostTaps =
    bit(TapPoint::In) | bit(TapPoint::Out) | bit(TapPoint::Lights);
inline constexpr TapPoints kClientTaps = bit(TapPoint::Delivered);
inline constexpr TapPoints kAllTaps = kHostTaps | kClientTaps;

/// "Tell me what passes": good for kTapLease, to be said again before that. Saying it twice does no
/// harm, so that it needs neither acknowledgement nor memory.
struct Tap {
    std::uint64_t id = 0;     ///< Range: 1..; random, of this asking; the same each time
    SenderId from{};          ///< Range: 1..
    SenderId to{};            ///< Range: 1..; a host or a client
    std::uint32_t again = 0;  ///< one more each time: a copy by another way is not answered twice
    TapPoints points = 0;     ///< none: that was all
    friend bool operator==(const Tap&, const Tap&) = default;
};
inline constexpr Duration kTapLease = 5s;

enum class TapAnswer : std::uint8_t { Live, Refused };

/// One MIDI message that passed, as much of it as is told.
struct TapEvent {
    /// As many as a message that travels whole may have; of a longer SysEx the beginning.
    static constexpr std::size_t kMaxHead = 48;
    static_assert(kMaxHead >= midi::Message::kMaxInline);

    TimePoint at{};  ///< when it was read (In, Out), or given to the port or device
    TapPoint point = TapPoint::In;
    PortIndex port{};          ///< Range: 0..kMaxPorts-1
    bool cut_off = false;      ///< a SysEx that ended without its F7
    std::uint32_t length = 0;  ///< of the whole message
    FixedVector<std::uint8_t, kMaxHead> head{};
    friend bool operator==(const TapEvent&, const TapEvent&) = default;
};

/// Events as they travel: packed, for they are many. Always well-formed. RT-safe.
class TapEvents {
  public:
    static constexpr std::size_t kMaxBytes = 900;

    /// False, and nothing is added: there is no room. `sent`: when the report leaves; ages are
    /// counted from it. Precondition: the event has a head of at least a byte.
    bool add(const TapEvent& event, TimePoint sent) noexcept;
    std::uint32_t count() const noexcept { return count_; }
    std::span<const std::uint8_t> bytes() const noexcept { return bytes_.view(); }
    /// Nothing when they are not well-formed.
    static std::optional<TapEvents> of(std::span<const std::uint8_t> bytes) noexcept;

    /// Takes the events out, the first first. Lifetime: the events outlive it.
    class Reader {
      public:
        Reader(const TapEvents& events, TimePoint sent) noexcept
            : rest_(events.bytes()), sent_(sent) {}
        bool next(TapEvent& event) noexcept;

      private:
        std::span<const std::uint8_t> rest_;
        TimePoint sent_;
    };
    friend bool operator==(const TapEvents&, const TapEvents&) = default;

  private:
    FixedVector<std::uint8_t, kMaxBytes> bytes_;
    std::uint32_t count_ = 0;
};

/// To one asker alone.
struct TapReport {
    std::uint64_t tap = 0;     ///< Range: 1..; the Tap's id
    SenderId from{};           ///< Range: 1..
    std::uint32_t run = 0;     ///< drawn by the box for each lease: numbers begin anew with it
    std::uint32_t number = 0;  ///< of the lease's reports, from 1; 0: refused
    TapAnswer answer = TapAnswer::Live;
    Text<120> why{};            ///< it was refused
    std::uint64_t before = 0;   ///< events in all earlier reports of the lease
    std::uint64_t dropped = 0;  ///< events of the lease that are in none: there were too many
    std::uint64_t sent_us = 0;  ///< by the box's own monotonic clock
    TapPoints points = 0;       ///< what the lease is told of now; none: the box does not say
    TapEvents events{};         ///< the oldest first
    friend bool operator==(const TapReport&, const TapReport&) = default;
};

}  // namespace midinet::control::plane
