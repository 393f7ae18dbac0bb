// Whether what an application sends back is only what it was played, and whether that goes round.
#pragma once

#include "base/time.hpp"
#include "base/types.hpp"
#include "midi/message.hpp"

#include <array>
#include <cstdint>

namespace midinet::path {

struct LoopCounters {
    std::uint64_t echoes = 0;  ///< times that all of a flood of values came back
    std::uint64_t cut = 0;     ///< messages not sent, for they went round and round
};

/// Compares what comes back from a port with what was just played into it; channel messages only.
///
/// A loop: the same message is played, comes back, is played again since the controller's side
/// returned it, and so on. When it went round kMostTurns times, each half of a turn within kTurn,
/// it is withheld where it comes back: without it the loop is over. Nobody plays the same message
/// as often by hand, so no light that answers a pad is ever withheld.
///
/// An echo: of a flood of values (not of notes, since lights answer those) nearly every one comes
/// back, in order. That does no harm by itself, and motor faders may be meant so: it is counted.
///
/// Constant memory. Pure. Thread: one. RT-safe.
class LoopGuard {
  public:
    static constexpr Duration kTurn = 30ms;
    static constexpr unsigned kMostTurns = 32;
    /// A flood: so many values,
    static constexpr unsigned kFlood = 128;
    /// played within so long,
    static constexpr Duration kFloodTakes = 1280ms;
    /// of which so many came back,
    static constexpr unsigned kEchoed = 116;
    /// each so soon.
    static constexpr Duration kEcho = 100ms;

    /// `message` was played into `port`.
    void on_played(PortIndex port, const midi::Message& message, TimePoint now) noexcept;
    /// `message` came back from `port`. False: it is to be withheld.
    [[nodiscard]] bool on_returned(PortIndex port, const midi::Message& message,
                                   TimePoint now) noexcept;
    const LoopCounters& counters() const noexcept { return counters_; }

  private:
    /// Port and bytes in one; 0: none. Both forms of a note's end are one.
    static std::uint32_t key_of(PortIndex port, const midi::Message& message) noexcept;
    static bool is_value(std::uint32_t key) noexcept;

    /// One message that may go round.
    struct Turn {
        std::uint32_t key = 0;
        unsigned turns = 0;
        unsigned pending = 0;  ///< played since it came back last, soon after it did
        TimePoint played{};
        TimePoint returned{};
        bool is_over(TimePoint now) const noexcept {
            return now - played > kTurn && now - returned > kTurn;
        }
    };
    Turn& turn_of(std::uint32_t key) noexcept;
    void add_value(std::uint32_t key, TimePoint now) noexcept;
    void match_value(std::uint32_t key, TimePoint now) noexcept;

    static constexpr std::size_t kTurns = 4096;
    std::array<Turn, kTurns> turns_{};

    struct Value {
        std::uint32_t key = 0;
        TimePoint at{};
    };
    std::array<Value, kFlood> values_{};  ///< played; a ring
    std::uint64_t added_ = 0;             ///< values ever played
    std::uint64_t sought_ = 0;            ///< the next one that may come back
    std::uint64_t flood_from_ = 0;        ///< the first one of this flood
    unsigned came_back_ = 0;              ///< of this flood
    LoopCounters counters_;
};

}  // namespace midinet::path
