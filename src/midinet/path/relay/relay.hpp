// Topology *relay*: one host says again what another says, under the other's source, epoch and
// numbers, so that it is heard also where the other's own datagrams do not arrive.
#pragma once

#include "midi/stream_state.hpp"
#include "path/relay/keep.hpp"
#include "path/types.hpp"
#include "wire/heartbeat.hpp"

namespace midinet::path {

struct RelayOptions {
    SourceId source;  ///< whom to relay
    SenderId sender;  ///< who we are. Precondition: not the host `source`
    Epoch boot;       ///< our own run
};

struct RelayCounters {
    std::uint64_t relayed = 0;
    std::uint64_t duplicates = 0;  ///< heard twice, for instance on two networks
    std::uint64_t foreign = 0;     ///< of another source, or relayed by somebody: never passed on
    std::uint64_t uncounted = 0;   ///< unicast copies and answers: never passed on
    std::uint64_t old_epochs = 0;
    std::uint64_t malformed = 0;  ///< or of a kind that is not relayed
    std::uint64_t epochs = 0;
    std::uint64_t nacks = 0;
    std::uint64_t retransmitted = 0;
    std::uint64_t too_old = 0;  ///< asked for, but never heard or no longer kept
    std::uint64_t journals = 0;
};

/// The relayed source's state, from a SourceStream that hears it too and is whole(): its truth().
struct KnownState {
    const midi::StreamState& state;
    Epoch epoch;
    Sequence at;                    ///< the state is the one after this live number: next() - 1
    wire::StreamTime taken_us = 0;  ///< the source's clock now: stream_time(now)
};

/// Passes on each distinct Data, Bulk and Heartbeat datagram of one source once, at once, and
/// answers NACKs for that source from what it heard, also after the source died. It makes up
/// nothing: when the source falls silent so does the relay, and receivers notice as they would
/// have.
///
/// Loops: only what the source's own host sent is passed on. What a relay sent (we, another, or we
/// through another) bears its sender's id, and ends here.
/// Epochs: the highest heard counts, a lower one is never passed on; see forget().
/// Thread: the engine's. All members but the constructor are RT-safe.
class Relay {
  public:
    /// Datagrams by number that are recognised: 2 s of a source that plays, and more than any
    /// queue or second network brings late.
    static constexpr std::uint32_t kWindow = 2048;
    /// Answers per NACK at most, as a host's own: four full datagrams, and 64 fragments.
    static constexpr unsigned kAnswerLimit = 512;
    static constexpr unsigned kFragmentAnswerLimit = 64;
    /// Sent within a span at most, whoever asks: as much as a host sends per beat.
    static constexpr unsigned kEventsPerSpan = 8192;
    static constexpr unsigned kFragmentsPerSpan = 128;
    static constexpr unsigned kJournalsPerSpan = 16;
    static constexpr Duration kSpan = wire::kHeartbeatInterval;

    explicit Relay(const RelayOptions& options) : options_(options), seen_(kWindow) {}

    /// A datagram as it was received. True when it was passed on, to `out` with our header and with
    /// flags and payload as they were.
    bool on_datagram(ByteView bytes, TimePoint now, DatagramOut& out) noexcept;
    /// Answers to `from` alone, if it is about the source's present epoch. `known`: for requests
    /// for the state; without it they are not answered.
    void on_nack(const wire::Nack& nack, Peer from, const KnownState* known, TimePoint now,
                 DatagramOut& out) noexcept;
    /// Begins anew, and takes any epoch: for one who knows that the higher one is dead for good
    /// (docs/wire_format.md §1).
    void forget() noexcept;

    /// Whether anything was heard since the beginning, and when last.
    bool heard() const noexcept { return epoch_.value != 0; }
    TimePoint last_heard() const noexcept { return heard_at_; }
    Epoch epoch() const noexcept { return epoch_; }
    Sequence newest() const noexcept { return keep_.newest(); }
    const RelayCounters& counters() const noexcept { return counters_; }

  private:
    /// A datagram that was passed on. The number alone may mean another on a second network.
    struct Seen {  // NOLINT(cppcoreguidelines-pro-type-member-init): LazyArray wants untouched
                   // memory
        std::uint32_t number;
        Epoch boot;
        std::uint32_t check;
    };
    /// What a payload says of the stream.
    struct Said {
        SourceId source;
        Epoch epoch;
        wire::StreamTime sent_us = 0;
        Sequence newest;
        std::optional<Sequence> newest_bulk;  ///< only beats tell
        ByteView blocks{};
        wire::Bulk bulk{};  ///< with bytes: of a Bulk, which says nothing else
    };

    static bool read(const wire::Datagram& datagram, Said& said) noexcept;
    bool is_new(const wire::Header& header, ByteView payload) noexcept;
    void enter(Epoch epoch) noexcept;
    void keep(const Said& said) noexcept;
    void pass_on(const wire::Datagram& datagram, DatagramOut& out) noexcept;
    void resend_live(const wire::Nack& nack, Peer to, DatagramOut& out) noexcept;
    void resend_bulk(const wire::Nack& nack, Peer to, DatagramOut& out) noexcept;
    void refill(TimePoint now) noexcept;
    void send_state(const KnownState& known, Peer to, DatagramOut& out) noexcept;
    wire::Header header(wire::PacketKind kind, std::uint8_t flags = 0) const noexcept {
        return {.kind = kind, .flags = flags, .sender = options_.sender, .boot = options_.boot};
    }

    RelayOptions options_;
    Keep keep_;
    LazyArray<Seen> seen_;
    Epoch epoch_;
    TimePoint heard_at_{};
    wire::StreamTime sent_us_ = 0;  ///< the source's clock, when last heard of
    TimePoint answering_since_{};
    unsigned live_budget_ = kEventsPerSpan;
    unsigned bulk_budget_ = kFragmentsPerSpan;
    unsigned journals_ = 0;
    RelayCounters counters_;
};

}  // namespace midinet::path
