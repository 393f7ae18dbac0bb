// Messages in, datagrams out: numbering, repeats, heartbeats, retransmission, the journal.
#pragma once

#include "midi/stream_state.hpp"
#include "path/transmit/bulk_sender.hpp"
#include "path/transmit/history.hpp"
#include "path/types.hpp"
#include "wire/data.hpp"
#include "wire/heartbeat.hpp"

namespace midinet::path {

struct TransmitOptions {
    SourceId source;
    SenderId sender;
    Epoch epoch;
    TimePoint epoch_start{};  ///< stream time zero
    Duration beat_interval = wire::kHeartbeatInterval;
    wire::Role role = wire::Role::Primary;
    std::uint8_t ports = 1;
    midi::Notes notes = midi::Notes::Sound;
    wire::FailoverPolicy failover;  ///< what clients are told to do
    wire::Appointment appointment;  ///< in force at the start
    wire::Focus focus;              ///< the same
};

struct TransmitCounters {
    std::uint64_t events = 0;
    std::uint64_t data_datagrams = 0;
    std::uint64_t beats = 0;
    std::uint64_t late_beats = 0;  ///< beats sent more than one interval after their time
    std::uint64_t fragments = 0;
    std::uint64_t nacks = 0;
    std::uint64_t retransmitted =
        0;                      ///< events and fragments sent again because they were asked for
    std::uint64_t too_old = 0;  ///< asked for but no longer kept
    std::uint64_t journals = 0;
};

/// The source's side of one (source, epoch). Every event is numbered, kept, sent at once by
/// `flush`, and repeated: in the datagrams of the events that follow, in an echo when none follow,
/// and in the heartbeats, as deep as a datagram allows within kRepeatWindow. Thread: the engine's.
/// All members but the constructor are RT-safe.
class Transmit {
  public:
    /// How long an event is repeated.
    static constexpr Duration kRepeatWindow = 30ms;
    /// When nothing new follows a datagram for this long, what it brought is said once more: the
    /// last event before a silence must not wait for the heartbeats alone.
    static constexpr Duration kEchoAfter = 1ms;
    /// Events first: a beat that falls due this shortly after new events waits until their
    /// receivers are through with them. Nobody hears less of us for that, for the events were
    /// heard, and the beats after it keep their time.
    static constexpr Duration kEventsFirst = 250us;
    /// At most this share of a datagram is new events, so that each is sent at least twice also in
    /// a flood.
    static constexpr std::size_t kNewShare = 2;
    /// A flood is paced: after kRunBurst datagrams at once, one each kRunPace, which is about
    /// 270,000 three-byte messages a second. The busiest surface sends a hundredth of that, and a
    /// receiver that is stalled for some milliseconds still has room for it.
    static constexpr Duration kRunPace = 300us;
    static constexpr unsigned kRunBurst = 8;
    static constexpr std::uint32_t kUnsentLimit = 1024;
    /// Most events that one read of the source may add. With kUnsentLimit, a third of what History
    /// holds.
    static constexpr std::size_t kMaxRead = 4096;
    /// Numbers answered per NACK at most: four full datagrams. Who misses more takes the journal.
    static constexpr unsigned kAnswerLimit = 512;
    /// Fragments answered per NACK at most.
    static constexpr unsigned kFragmentAnswerLimit = 64;
    /// Numbers and fragments answered per beat at most, whoever asks: a question is small, may bear
    /// a false address, and must not become a flood. 64 clients that miss 30 ms of a busy show ask
    /// for less.
    static constexpr unsigned kEventsAnsweredPerBeat = 8192;
    static constexpr unsigned kFragmentsAnsweredPerBeat = 128;
    /// State snapshots sent per beat at most, whoever asks.
    static constexpr unsigned kJournalsPerBeat = 16;

    explicit Transmit(const TransmitOptions& options);

    void add_message(PortIndex port, const midi::Message& message, TimePoint stamp) noexcept;
    void add_sysex_piece(PortIndex port, std::span<const std::uint8_t> bytes, bool first, bool last,
                         TimePoint stamp) noexcept;
    void abort_sysex(PortIndex port, TimePoint stamp) noexcept;
    /// Numbers the note-offs and pedals-up of everything that sounds: the device is gone, or we are
    /// leaving.
    void release_all(TimePoint stamp) noexcept;
    /// False while so much waits to be sent that the source must not be read: back-pressure,
    /// instead of loss. Only a source faster than any instrument (a file through a FIFO) gets here.
    bool accepts() const noexcept { return bulk_.accepts() && unsent() < kUnsentLimit; }

    /// Sends the events and the SysEx fragments not sent yet: at once, as long as their pace
    /// allows.
    void flush(TimePoint now, DatagramOut& out) noexcept;
    /// Everything whose time has come.
    void on_timer(TimePoint now, DatagramOut& out) noexcept;
    TimePoint next_due() const noexcept {
        return std::min(
            {beat_due(), echo_at_, bulk_.next_due(), unsent() > 0 ? next_run_at_ : kNever});
    }
    /// Whether new events were sent so shortly before that what can wait should.
    bool is_busy(TimePoint now) const noexcept { return now < events_sent_ + kEventsFirst; }
    /// Answers to `from` alone.
    void on_nack(const wire::Nack& nack, Peer from, TimePoint now, DatagramOut& out) noexcept;
    /// A last heartbeat that says so. Call it a few times: it may be lost.
    void say_goodbye(TimePoint now, DatagramOut& out) noexcept;

    /// wire::heartbeat_flags, without kGoodbye.
    void set_flags(std::uint8_t flags) noexcept { flags_ = flags; }
    /// Range: 0..100.
    void set_health(std::uint8_t health) noexcept { health_ = health; }
    void set_ports(std::uint8_t ports) noexcept { options_.ports = ports; }
    /// From the next heartbeat on.
    void set_failover(const wire::FailoverPolicy& failover) noexcept {
        options_.failover = failover;
    }
    /// When it overrules the one in force: told in a heartbeat of its own, now.
    void appoint(const wire::Appointment& appointment, TimePoint now) noexcept {
        if (!appointment.overrules(options_.appointment)) return;
        options_.appointment = appointment;
        next_beat_ = now;
    }
    /// The same for the focus.
    void set_focus(const wire::Focus& focus, TimePoint now) noexcept {
        if (!focus.overrules(options_.focus)) return;
        options_.focus = focus;
        next_beat_ = now;
    }
    /// The next heartbeat is due now: somebody begins to listen.
    void hurry_beat(TimePoint now) noexcept { next_beat_ = now; }
    Sequence newest() const noexcept { return history_.newest(); }
    /// Null when it is no longer kept, or was never numbered. Lifetime: until more are added.
    const wire::Event* event(Sequence number) const noexcept { return history_.find(number); }
    const TransmitCounters& counters() const noexcept { return counters_; }
    const midi::StreamState& state() const noexcept { return state_; }
    const TransmitOptions& options() const noexcept { return options_; }

  private:
    std::uint32_t unsent() const noexcept {
        return static_cast<std::uint32_t>(distance(first_unsent_, history_.newest().next()));
    }
    TimePoint beat_due() const noexcept {
        return std::clamp(events_sent_ + kEventsFirst, next_beat_, next_beat_ + kEventsFirst);
    }
    void number(wire::Event& event, TimePoint stamp) noexcept;
    void send_next_run(TimePoint now, DatagramOut& out) noexcept;
    void send_echo(TimePoint now, DatagramOut& out) noexcept;
    void send_due_fragments(TimePoint now, DatagramOut& out) noexcept;
    void send_beat(TimePoint now, std::uint8_t flags, DatagramOut& out) noexcept;
    void send_fragment(const Fragment& fragment, const Peer* only, DatagramOut& out) noexcept;
    void send_journal(Peer to, TimePoint now, DatagramOut& out) noexcept;
    void resend_live(const wire::Nack& nack, Peer to, TimePoint now, DatagramOut& out) noexcept;
    void resend_bulk(const wire::Nack& nack, Peer to, DatagramOut& out) noexcept;
    Sequence oldest_repeat(Sequence before, std::size_t room,
                           wire::StreamTime now_us) const noexcept;
    wire::Header header(wire::PacketKind kind) const noexcept;
    wire::DataHead data_head(TimePoint now) const noexcept;

    TransmitOptions options_;
    History history_;
    BulkSender bulk_;
    midi::StreamState state_;
    Sequence first_unsent_{1};
    TimePoint next_run_at_{};
    TimePoint next_beat_;
    TimePoint echo_at_ = kNever;
    TimePoint events_sent_{};
    std::uint32_t beat_ = 0;
    std::uint8_t flags_ = 0;
    std::uint8_t health_ = 100;
    unsigned journals_this_beat_ = 0;
    unsigned live_budget_ = kEventsAnsweredPerBeat;
    unsigned bulk_budget_ = kFragmentsAnsweredPerBeat;
    TransmitCounters counters_;
};

}  // namespace midinet::path
