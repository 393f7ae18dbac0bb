// One source as a client hears it: all its copies in, its events out, each once and in order, and
// its state always known.
#pragma once

#include "midi/stream_state.hpp"
#include "path/receive/bulk_window.hpp"
#include "path/receive/clock_estimate.hpp"
#include "path/receive/journal_assembler.hpp"
#include "path/receive/live_window.hpp"
#include "path/receive/repair_timer.hpp"
#include "path/types.hpp"
#include "wire/heartbeat.hpp"

namespace midinet::path {

struct StreamOptions {
    /// How long an event may wait behind a gap: at least this, and longer only where repairs are
    /// measured to take longer.
    Duration min_hold = 2500us;
    Duration max_hold = 30ms;
    /// How long a long SysEx may wait for a fragment. Nothing else waits for it but its own port.
    Duration bulk_hold = 500ms;
    midi::Notes notes = midi::Notes::Sound;
    /// An epoch that just began is heard from its first event on; else, as an older one, from now
    /// on and by its state: what is over stays unheard.
    bool from_the_first = true;
};

struct StreamCounters {
    std::uint64_t delivered = 0;
    std::uint64_t duplicates = 0;  ///< copies beyond the first: the price of redundancy
    std::uint64_t repaired = 0;    ///< events that came only after they were asked for
    std::uint64_t lost = 0;        ///< events given up; their effect was repaired from the journal
    std::uint64_t late = 0;        ///< copies of events already given up
    std::uint64_t lost_fragments = 0;
    std::uint64_t nacks = 0;
    std::uint64_t journals = 0;  ///< states taken over
    std::uint64_t digest_mismatches = 0;
    std::uint64_t old_epochs = 0;  ///< datagrams of an epoch that is over
    std::uint64_t epochs = 0;
};

/// What a stream tells its owner. All members RT-safe.
class StreamSink : public EventSink {
  public:
    /// A new performance begins: what the old one left sounding must end.
    virtual void on_new_epoch() noexcept = 0;
    /// The state is now wholly known, after something was missed. `joined`: for the first time in
    /// this epoch.
    virtual void on_whole(bool joined) noexcept = 0;
    /// Ask the source's host for this.
    virtual void on_request(const wire::Nack& nack) noexcept = 0;
};

/// Thread: the engine's. RT-safe after construction.
class SourceStream {
  public:
    /// An epoch younger than this is heard from its first event on; an older one is joined by its
    /// journal.
    static constexpr Duration kYoung = 500ms;
    /// A lower epoch is believed only after the higher one was silent this long: a box without a
    /// clock that lost its store.
    static constexpr Duration kZombieSilence = 3s;
    /// The last thing heard is older than this: nothing is asked for any more.
    static constexpr Duration kDeaf = 1s;
    /// More than any queue on the way delays; see is_current().
    static constexpr Duration kCurrent = 50ms;
    /// What was heard first may be of some time ago, sent again by somebody. For so long that is
    /// found out.
    static constexpr Duration kDoubt = 500ms;

    SourceStream(const StreamOptions& options, StreamSink& sink);

    void on_data(const wire::DataView& data, TimePoint now) noexcept;
    void on_heartbeat(const wire::HeartbeatView& heartbeat, TimePoint now) noexcept;
    void on_bulk(const wire::Bulk& bulk) noexcept;
    void on_journal(const wire::JournalView& journal) noexcept;
    /// Call after all waiting datagrams were taken in: a gap is judged by what has truly not
    /// arrived.
    void on_timer(TimePoint now) noexcept;
    TimePoint next_due() const noexcept;
    /// Back to the beginning, for another source.
    void forget() noexcept;

    bool heard() const noexcept { return known_; }
    bool whole() const noexcept { return whole_; }
    /// All that it is known to have sent was delivered or given up.
    bool settled() const noexcept { return !has_gap() && !(bulk_joined_ && bulk_.has_gap()); }
    SourceId source() const noexcept { return source_; }
    Epoch epoch() const noexcept { return epoch_; }
    Sequence next() const noexcept { return next_; }
    /// When something came that was sent later than all that came before: what does not say when it
    /// was sent, and what somebody sends again, does not count.
    TimePoint last_heard() const noexcept { return last_heard_; }
    const wire::Heartbeat& last_beat() const noexcept { return beat_; }
    /// What the source's state is, as far as it was told. RT-safe.
    const midi::StreamState& truth() const noexcept { return truth_; }
    /// The source's clock now. Range: 0 when not known yet.
    wire::StreamTime stream_time(TimePoint now) const noexcept;
    /// Whether a datagram of `epoch`, sent at `sent_us`, is of now: not one from some time ago that
    /// somebody sent again.
    bool is_current(Epoch epoch, wire::StreamTime sent_us, TimePoint now) const noexcept {
        return known_ && epoch == epoch_ &&
               now - at_stream_time(clock_.epoch_start(), sent_us) < kCurrent;
    }
    const SysExStore& sysex() const noexcept { return bulk_; }
    Duration hold() const noexcept { return live_timer_.hold(); }
    const StreamCounters& counters() const noexcept { return counters_; }

  private:
    struct Stamp {
        SourceId source;
        Epoch epoch;
        wire::StreamTime sent_us = 0;
        Sequence join_at;  ///< where to begin when joining here
    };
    bool enter(const Stamp& stamp, TimePoint now) noexcept;
    bool began_with_old(const Stamp& stamp, TimePoint now) const noexcept;
    void adopt(const Stamp& stamp, TimePoint now) noexcept;
    void exists(Sequence sequence, TimePoint now) noexcept;
    bool had(Sequence sequence) noexcept;
    void take(const wire::Event& event, TimePoint now) noexcept;
    void take_blocks(ByteView blocks, wire::StreamTime sent_us, TimePoint now) noexcept;
    void play_early(LiveWindow::Slot& slot) noexcept;
    void emit(LiveWindow::Slot& slot) noexcept;
    void deliver(TimePoint now) noexcept;
    bool has_gap() const noexcept { return known_ && !is_after(next_, highest_); }
    TimePoint gap_since(TimePoint now) noexcept;
    void mind_gap(TimePoint now) noexcept;
    void give_up_gap(TimePoint now) noexcept;
    void jump_to(Sequence sequence) noexcept;
    void mind_bulk(TimePoint now) noexcept;
    void missing(FixedVector<wire::Range, wire::kMaxNackRanges>& ranges) noexcept;
    void need_state(TimePoint now) noexcept;
    void try_journal() noexcept;
    void ask(TimePoint now) noexcept;
    TimePoint when(const wire::Event& event) const noexcept;

    StreamOptions options_;
    StreamSink& sink_;
    LiveWindow window_;
    BulkWindow bulk_;
    JournalAssembler journal_;
    ClockEstimate clock_;
    midi::StreamState truth_;
    RepairTimer live_timer_;
    RepairTimer bulk_timer_;
    SourceId source_;
    Epoch epoch_;
    Sequence next_{1};   ///< the next number to deliver
    Sequence first_{1};  ///< where we joined
    Sequence highest_;   ///< the highest number known to exist
    Sequence gap_at_;    ///< which gap live_timer_ times
    Sequence bulk_gap_at_;
    Sequence bulk_awaited_;  ///< the newest fragment when the wait for the missing ones began
    Sequence asked_to_;      ///< highest number ever asked for
    wire::Heartbeat beat_;
    TimePoint adopted_at_{};
    TimePoint last_heard_{};
    wire::StreamTime newest_sent_us_ = 0;
    TimePoint next_state_ask_ = kNever;
    Duration state_backoff_{};
    unsigned state_asks_ = 0;
    bool known_ = false;
    bool whole_ = false;
    bool joined_ = false;  ///< whole at least once in this epoch
    bool bulk_joined_ = false;
    StreamCounters counters_;
};

}  // namespace midinet::path
