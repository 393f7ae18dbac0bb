// Topology *mirror*: one performance, heard from several hosts that number it each on their own.
// The first copy of each event is played, the others are swallowed.
#pragma once

#include "midi/control_profile.hpp"
#include "path/mirror/debts.hpp"
#include "path/mirror/numbering.hpp"
#include "path/types.hpp"

#include <array>

namespace midinet::path {

struct PairingOptions {
    unsigned lanes = 2;  ///< Range: 1..Pairing::kMaxLanes
    /// How long after the first copy of an event another is taken for its copy. More than any skew
    /// between the hosts; less than it takes to play the same again would be ideal, but is not
    /// needed while no lane loses events.
    Duration window = 150ms;
    /// Which controls are relative; none when it is not given. Lifetime: as long as the Pairing.
    const midi::ControlProfile* profile = nullptr;
};

struct PairingCounters {
    std::uint64_t first = 0;      ///< played
    std::uint64_t second = 0;     ///< swallowed: a copy was played before
    std::uint64_t unpaired = 0;   ///< a living lane never brought its copy
    std::uint64_t overflows = 0;  ///< forgotten for want of room: a copy may have been played twice
    std::uint64_t closed = 0;     ///< played late, so something had to be said behind it: closing()
    std::uint64_t superseded = 0;  ///< parts of RPN or NRPN that came too late to be played
};

/// Pairs equal events of up to four lanes (one per host). Every event that is played becomes a debt
/// of every other lane; an event of a lane that equals a debt of its own (port, kind and bytes; of
/// a long SysEx length and CRC) pays the oldest such debt and is swallowed. So equal events are
/// counted, not merged: a value that was sent twice is played twice. Ticks are events like others.
///
/// Exact, that is each event played once, in the performance's order, when
///  1. every lane brings the same events in the same order (ticks may stand elsewhere) until it
///     dies, at any point, and one brings them all;
///  2. the copies of an event come within the window of each other;
///  3. no more than Debts::kDepth events lie between two lanes.
/// The other lanes may also join later, or be silent for a while, at any point: each event is still
/// played once (a note-off at least once), though one that equals another of the last window may be
/// played in the place of the trailing copy. Where lanes lose events for good (their numbers jump),
/// each event is still played once as long as any lane brings it (but for RPN and NRPN: see
/// `superseded`), if moreover
///  4. the hosts' numberings run in parallel, which is learnt from kAgreements + 1 pairs in a row,
///     not all of the same event, whose numbers are equally far apart (with more than two lanes
///     also through a third); and a lane has at most Numbering::kGaps gaps in a window.
/// An event that the leading lane lost is then played when the trailing one brings it, behind later
/// ones: see closing(). Numbers only ever tell which debts are void; what pairs is content. Without
/// 4 (one host's device itself lost something, or interleaves its ports otherwise) a void debt
/// lasts for the window, and an equal event may wait for the other lane's copy.
///
/// A lane that dies needs no call: its debts age. For the same reason one that comes back doubles
/// nothing, also when it trails. One that was stopped and goes on with what its device kept brings
/// copies after any time: those that equal an expired debt and, by 4, have its number are
/// swallowed, as far back as Debts::kDepth remembers. Full memory: Debts::push.
/// Cost: one comparison per event where the lanes are in step, O(Debts::kDepth) at most.
/// Thread: the engine's. All members but the constructor are RT-safe.
class Pairing {
  public:
    static constexpr unsigned kMaxLanes = 4;
    /// A run of equal events proves nothing: paired one off they would all agree.
    static constexpr std::uint8_t kAgreements = 3;

    explicit Pairing(const PairingOptions& options);

    /// Takes the next event a lane delivers. True: play it, and then what closing() says. False: it
    /// was played before. Precondition: lane.value < options.lanes; `now` never goes back. A
    /// LongSysEx should be given when all its fragments are there, or the lane that is played may
    /// never get it whole while the other's copy is swallowed.
    bool first(LaneId lane, const wire::Event& event, TimePoint now) noexcept;
    /// The lane has this event and gives it to first() later, behind events of other ports: its
    /// number is not passed over. If it never does, its copies are paired as if it had none.
    void hold(LaneId lane, const wire::Event& event) noexcept;
    /// What must be played right behind the event that first() just let through, on its port. The
    /// leading lane lost that event and has played on: behind a note-on whose note-off was played
    /// already, its note-off, and behind a value that was replaced already, the newer one once
    /// more. Thus a short note is heard late but never hangs, and values end right. Otherwise
    /// empty.
    const midi::Message& closing() const noexcept { return closing_; }
    /// A correction was played because of `lane`'s state, and not through first(): other lanes'
    /// copies of it are not to be played again.
    void played(LaneId lane, const wire::Event& event, TimePoint now) noexcept;
    /// Whether something was played within the window whose copy the lane has not brought. When it
    /// owes nothing, its state is that of what was played.
    bool owes(LaneId lane, TimePoint now) noexcept;
    /// Whether another lane brought something within the window: the performance goes on.
    bool goes_on_without(LaneId lane, TimePoint now) const noexcept;
    /// Whether the lane trails: it owes a copy of `event`, which was played after `then`. What was
    /// played before that it will never bring, so that it owes no more.
    bool joins_behind(LaneId lane, const wire::Event& event, TimePoint then) noexcept;
    /// The lane has brought what was played last, and what may come next: it leads, and owes
    /// nothing that was played before.
    void joins_ahead(LaneId lane) noexcept;
    /// Whether it has brought, since it began anew, all that others brought: else something of
    /// the performance never reached its host, and its state is not the performance's.
    bool knows_all(LaneId lane) const noexcept { return !lanes_[lane.value].missed; }
    /// The lane's numbers begin anew (its host restarted). Its debts stay and age.
    void restart(LaneId lane, TimePoint now) noexcept;
    const PairingCounters& counters() const noexcept { return counters_; }

  private:
    struct Lane {
        Debts debts;
        Numbering numbering;
        TimePoint heard = TimePoint::min();
        TimePoint began = TimePoint::min();
        bool missed = false;
        std::uint16_t run = 1;  ///< 0 is nobody's
    };
    /// How far the numbers of two lanes are apart.
    struct Parallel {
        std::uint32_t distance = 0;
        std::uint8_t agreed = 0;  ///< pairs in a row that agreed with the one before them
        Likeness last;            ///< that was counted; none: nothing is known
        bool sure() const noexcept { return agreed >= kAgreements; }
    };

    void expire(Lane& lane, TimePoint now) noexcept;
    void number(LaneId lane, const wire::Event& event) noexcept;
    bool pay(LaneId lane, const wire::Event& event, const Likeness& what) noexcept;
    bool is_late_copy(LaneId lane, const wire::Event& event, const Likeness& what) noexcept;
    void owe(LaneId lane, const Debt& debt) noexcept;
    bool keep_order(LaneId lane, const wire::Event& event) noexcept;
    bool is_turn(const midi::Message& message) const noexcept;
    void close_note(LaneId lane, const wire::Event& on) noexcept;
    bool copy_of(const Debt& debt, LaneId lane, Sequence& copy) const noexcept;
    void learn(LaneId lane, Sequence number, const Debt& paid) noexcept;
    bool translate(LaneId from, Sequence number, LaneId to, Sequence& result) const noexcept;
    bool lost_by(LaneId who, LaneId lane, Sequence number) const noexcept;
    bool lives(const Lane& lane, TimePoint now) const noexcept {
        return lane.heard != TimePoint::min() && now - lane.heard < options_.window;
    }

    PairingOptions options_;
    std::array<Lane, kMaxLanes> lanes_;
    std::array<std::array<Parallel, kMaxLanes>, kMaxLanes> parallels_{};
    midi::Message closing_;
    PairingCounters counters_;
};

}  // namespace midinet::path
