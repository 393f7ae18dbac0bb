// From ticks to nanoseconds. Source: Standard MIDI Files 1.0 (RP-001), "Header Chunks" and FF 51.
#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace midinet::midi {

/// Nothing in a song lies later than this. It keeps the exact arithmetic within 64 bits.
inline constexpr Duration kSmfMaxLength = std::chrono::hours{24 * 366};
/// Tempo until the first tempo event: 120 quarter notes a minute. Units: microseconds a quarter
/// note.
inline constexpr std::uint32_t kSmfDefaultTempo = 500'000;

/// What the header's division field says: `ticks` of them last `unit_us` microseconds, until a
/// tempo event changes `unit_us` (never when the ticks divide SMPTE frames).
struct SmfDivision {
    std::uint32_t ticks = 96;
    std::uint32_t unit_us = kSmfDefaultTempo;
    bool follows_tempo = true;

    /// Empty when the field is invalid: no ticks at all, or a frame rate other than 24, 25, 29
    /// (29.97) and 30.
    static std::optional<SmfDivision> from_field(std::uint16_t field) noexcept;
};

/// A tempo event. Units: ticks from the start of the song; microseconds a quarter note, above 0.
struct SmfTempoChange {
    std::uint64_t tick = 0;
    std::uint32_t quarter_us = kSmfDefaultTempo;
};

/// When each tick happens. Every answer is the exact time, rounded to the nearest nanosecond once:
/// nothing drifts.
class SmfTempoMap {
  public:
    /// `changes` in any order; of several on one tick the last one counts.
    SmfTempoMap(SmfDivision division, std::vector<SmfTempoChange> changes);

    /// The time from the start of the song; empty past kSmfMaxLength.
    std::optional<Duration> at(std::uint64_t tick) const noexcept;

  private:
    // Positions are in microseconds times division_.ticks: whole numbers whatever the tempo.
    struct Segment {
        std::uint64_t tick;
        std::uint64_t position;
        std::uint32_t unit_us;
    };
    std::optional<std::uint64_t> position(const Segment& segment,
                                          std::uint64_t tick) const noexcept;

    SmfDivision division_;
    std::uint64_t max_position_;
    std::vector<Segment> segments_;
};

}  // namespace midinet::midi
