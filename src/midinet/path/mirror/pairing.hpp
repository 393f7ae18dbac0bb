// Topology *mirror*: one performance, heard from several hosts that number it each on their own.
// The first copy of each event is played, the others are swallowed.
#pragma once

#include "path/mirror/alignment.hpp"
#include "path/mirror/anteroom.hpp"
#include "path/mirror/best_fit.hpp"
#include "path/mirror/track.hpp"
#include "path/types.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace midinet::path {

struct PairingOptions {
    unsigned lanes = 2;  ///< Range: 1..Pairing::kMaxLanes
    /// The copies of an event come within so long of each other. More than any skew between the
    /// hosts and any stop of one of them that is to go unnoticed while another one joins.
    Duration window = 150ms;
    /// When nothing came from any lane for so long, all of them are at the same place. More than
    /// the skew between hosts that are well.
    Duration quiet = 40ms;
};

struct PairingCounters {
    std::uint64_t first = 0;           ///< played
    std::uint64_t second = 0;          ///< swallowed: a copy was played before
    std::uint64_t unpaired = 0;        ///< a lane never brought its copy
    std::uint64_t contradictions = 0;  ///< a lane brought something else than was played there
    std::uint64_t joins = 0;           ///< a lane's place was found while another one played
    std::uint64_t takeovers = 0;       ///< none of the lanes whose place was known was left
};

/// Merges up to four lanes (one per host) by *position*. What was played is kept, each port's
/// messages and each port's ticks as a track of its own. Of a lane that has *joined* a track it is
/// known which event of it comes next. What comes next after all that was played is played, from
/// whichever lane brings it first; what stands before that is swallowed. So equal events are
/// counted, not merged: a value that was sent twice is played twice.
///
/// A lane that begins, and one that lost something, does not know its place. While another one
/// carries the track, it contributes nothing: its events wait until
///  - the oldest of them is older than the window, and they can stand at exactly one place in what
///    was played within the window of them (ticks, all alike: where their rhythm tells); or
///  - all lanes are quiet, it too, and it was not silent itself: then they are all at the end.
/// When no lane is left that carries the track, the one that waits longest takes over at the most
/// likely place. Wherever
/// something may have been missed or doubled, was_uncertain() tells so.
///
/// Exact, that is each event played once, in each track's order, when all lanes bring the same
/// events in the same order within each track and at each moment one lives that has joined, has
/// lost nothing, and goes on. Whatever the others do then, dying, returning, losing and stopping
/// for any time included, is not heard. (A lane that was stopped for more than Track::kDepth events
/// joins anew.)
///
/// A joined lane that brings something else than was played there contradicts: a device of one of
/// the hosts lost or added something. Then it is neither's fault that can be known, and the union
/// is played: what equals something that the lane has not brought yet is swallowed, the rest
/// played, unless it waited for longer than the window; and what the lane does not bring within the
/// window is not expected any more.
/// Cost: one comparison per event of a joined lane.
/// Thread: the engine's. All members but the constructor are RT-safe.
class Pairing {
  public:
    static constexpr unsigned kMaxLanes = 4;

    /// What is known of a lane at the moment.
    struct Health {
        bool lives = false;    ///< it is heard, and has a device
        bool settled = false;  ///< all that it sent was taken in
    };

    /// `next` gets what is to be played. Lifetime: as long as the Pairing.
    Pairing(const PairingOptions& options, EventSink& next);

    /// The next event of a lane. `came` never goes back but for events that waited for a long
    /// SysEx; such an event should be given when it is whole. Precondition: id.value <
    /// options.lanes.
    void take(LaneId id, const Arrival& arrival) noexcept;
    /// Something is missing between the lane's last event of that port and its next one.
    void lose(LaneId id, PortIndex port, TimePoint now) noexcept;
    /// The lane begins anew: it never brings again what it brought before.
    void restart(LaneId id, TimePoint now) noexcept;
    /// Another performance begins: nothing was played yet.
    void reset(TimePoint now) noexcept;
    void set_health(LaneId id, Health health) noexcept;
    bool lives(LaneId id) const noexcept { return lanes_[id.value].health.lives; }
    /// Finds places, where they can be found by now. Call once per turn, after set_health().
    void on_timer(TimePoint now) noexcept;

    /// Whether the lane has brought all that was played of that port's messages, so that its state
    /// is that of what was played.
    bool in_step(LaneId id, PortIndex port, TimePoint now) noexcept;
    /// The port is told that lane's state as it is at `moment`, on the clock of Arrival::when:
    /// where nothing was played yet, the lane's next event is the first one. Precondition:
    /// in_step().
    void begin_with(LaneId id, PortIndex port, TimePoint moment) noexcept;
    /// Whether since the last call a lane joined in a way that may have missed or doubled
    /// something.
    bool was_uncertain() noexcept { return std::exchange(uncertain_, false); }
    const PairingCounters& counters() const noexcept { return counters_; }

  private:
    /// Messages and ticks of each port.
    static constexpr unsigned kTracks = 2 * kMaxPorts;
    /// Events tried as the first one of a run, per call.
    static constexpr unsigned kTriesPerTurn = 8;
    static constexpr Duration kTryInterval = 2ms;
    static constexpr std::size_t kRhythm = 8;  ///< ticks that tell their place by when they come

    struct Place {
        bool joined = false;
        bool guessed = false;      ///< joined where nothing told that it belongs
        TimePoint since{};         ///< when it began to wait
        unsigned dropped = 0;      ///< how much of what waited was not found in what was played
        Track::Position next = 0;  ///< joined: what it brings next
        /// When it contradicted last, joined in a pause, or took over on a few events: what came
        /// before is not expected for ever.
        TimePoint doubted{};
    };
    struct Lane {
        std::array<Place, kTracks> places;
        Anteroom anteroom;
        Health health;
        bool fell_silent = false;  ///< and has not begun anew since
        TimePoint next_try{};
    };

    /// Of a track.
    struct Stretch {
        Track::Position from;
        Track::Position to;
    };

    static unsigned track_of(const wire::Event& event) noexcept {
        return 2U * event.port.value + (is_tick(event) ? 1 : 0);
    }
    static constexpr bool is_of_ticks(unsigned track) noexcept { return track % 2 == 1; }
    bool is_carried(unsigned track, const Lane& but) const noexcept;
    bool is_quiet(unsigned track, const Lane& lane, TimePoint now) const noexcept;
    void wait(Lane& lane, unsigned track, TimePoint now) noexcept;
    static void wait_anew(Lane& lane, TimePoint now) noexcept;
    void miss(Lane& lane, unsigned track, TimePoint now) noexcept;
    void bring(Lane& lane, unsigned track, const Arrival& arrival) noexcept;
    void contradict(Lane& lane, unsigned track, const Arrival& arrival) noexcept;
    void pass(Lane& lane, unsigned track, TimePoint now) noexcept;
    void play(Lane& lane, unsigned track, const Arrival& arrival) noexcept;
    void try_join(Lane& lane, unsigned track, TimePoint now) noexcept;
    void join_quietly(Lane& lane, unsigned track) noexcept;
    void try_by_content(Lane& lane, unsigned track, TimePoint now) noexcept;
    void join_somewhere(Lane& lane, unsigned track) noexcept;
    Lane& heir(Lane& lane, unsigned track) noexcept;
    void take_over(Lane& lane, unsigned track) noexcept;
    bool join_confirmed(Lane& lane, unsigned track, Track::Position place) noexcept;
    void join_at(Lane& lane, unsigned track, std::size_t skip, Track::Position place) noexcept;
    bool is_copy(const Lane& lane, unsigned track, const Arrival& arrival,
                 Stretch stretch) noexcept;
    void doubt(Lane& lane, unsigned track, const BestFit& fit) noexcept;
    void succeed(Lane& lane, unsigned track, const BestFit& fit) noexcept;
    void drop_copies(Lane& lane, unsigned track, const BestFit& fit) noexcept;
    void join_blindly(Lane& lane, unsigned track) noexcept;
    void join(Lane& lane, unsigned track, Track::Position next, TimePoint doubted = {}) noexcept;
    LaneId id_of(const Lane& lane) const noexcept {
        return LaneId{static_cast<std::uint8_t>(&lane - lanes_.data())};
    }

    PairingOptions options_;
    EventSink& next_;
    std::array<Track, kTracks> tracks_;
    std::array<Lane, kMaxLanes> lanes_;
    UnsetArray<Anteroom::Sample> backlog_{Anteroom::kDepth};  ///< looked at by join_somewhere()
    TimePoint latest_{};                                      ///< when the latest event of all came
    bool uncertain_ = false;
    PairingCounters counters_;
};

}  // namespace midinet::path
