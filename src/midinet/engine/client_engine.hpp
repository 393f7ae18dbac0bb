// The client's engine thread: datagrams in, the virtual port out.
#pragma once

#include "base/histogram.hpp"
#include "base/spsc_ring.hpp"
#include "base/triple_buffer.hpp"
#include "control/failover_policy.hpp"
#include "control/focus_seat.hpp"
#include "engine/feedback.hpp"
#include "engine/leases.hpp"
#include "engine/legs.hpp"
#include "engine/peer.hpp"
#include "engine/peers.hpp"
#include "engine/tap_feed.hpp"
#include "engine/write_interest.hpp"
#include "io/clock.hpp"
#include "io/datagram_socket.hpp"
#include "io/virtual_port.hpp"
#include "io/waiter.hpp"
#include "path/mirror/lane_queue.hpp"
#include "path/mirror/pairing.hpp"
#include "path/pipeline/port_pipeline.hpp"
#include "path/playout/output.hpp"
#include "path/playout/playout.hpp"
#include "path/receive/source_stream.hpp"
#include "path/recover/pickup.hpp"
#include "path/recover/recover.hpp"

#include <array>
#include <atomic>
#include <memory>
#include <vector>

namespace midinet::engine {

struct ClientEngineOptions {
    SenderId client;
    path::StreamOptions stream;
    control::FailoverOptions failover;
    midi::ControlProfile profile;
    Duration jitter_buffer{};
    /// After repaired loss, held notes older than this are not started late.
    Duration fresh_notes = 500ms;
    /// Woken when another source is played: whoever asked for that waits to be told. Lifetime: the
    /// engine's. May be null.
    io::Waiter* attention = nullptr;
    Epoch feedback_epoch{1};   ///< of this run's feedback; higher than the last one's
    io::Endpoint focus_group;  ///< where feedback goes; address 0: nowhere
    bool auto_claim = true;    ///< asks for the focus by itself
};

/// One socket and what it hears.
struct ClientSocket {
    std::unique_ptr<io::DatagramSocket> socket;
    std::uint8_t interface = 0;  ///< index of the interface, for leg counters
    bool unicast = false;        ///< hears what is sent to us alone; questions leave by it
    bool beats = false;          ///< hears a heartbeat group: read after the others
    bool behind = false;         ///< the engine's: it may hold what came while that was stalled
};

struct SourceStatus {
    SourceId source;
    Epoch epoch;
    bool alive = false;
    bool whole = false;
    path::StreamCounters counters;
    wire::Heartbeat beat;
    Duration hold{};
    Duration gap_p999{};      ///< of the gaps between its beats
    Duration closest_call{};  ///< the longest gap that was not taken for its death
    Duration limit{};         ///< the silence that would be
};

/// The last time another source was played than before.
struct SwitchRecord {
    SourceId from;  ///< 0: none was played before
    SourceId to;
    control::SwitchReason why = control::SwitchReason::First;
    TimePoint at{};
    Duration silence{};  ///< since the one before was last heard
};

struct ClientStatus {
    std::array<SourceStatus, control::FailoverPolicy::kMaxSources> sources;
    std::uint8_t source_count = 0;
    SourceId active;  ///< 0: none yet
    wire::Appointment appointment;
    SwitchRecord last_switch;
    path::OutputCounters output;
    Legs legs;
    std::uint64_t corrections = 0;
    path::PairingCounters pairing;
    std::uint64_t withheld = 0;  ///< values not played, for they would have jumped (soft takeover)
    std::uint64_t switches = 0;
    std::uint64_t silences = 0;  ///< times the active source fell silent with none to take over
    std::uint64_t garbage =
        0;  ///< datagrams that are not ours, malformed, or of a kind no client takes
    std::uint64_t send_failures = 0;
    std::uint64_t leases_asked = 0;
    std::uint64_t watch_failures = 0;
    Histogram transit;  ///< event's own moment to port write, less the fastest datagram's transit
    bool port_open = false;
    wire::Focus focus;       ///< the register as hosts repeat it
    bool has_focus = false;  ///< it is ours, and a host says so
    path::TransmitCounters feedback;
    std::uint64_t inquiries_answered = 0;
    std::uint64_t inquiries_unanswered = 0;  ///< no reply of the device is known
    path::LoopCounters loops;
    std::uint32_t pipeline = 0;  ///< fingerprint of the client's own one, in force
    std::uint64_t turns = 0;
    Duration longest_turn{};
};

struct ClientCommand {
    enum class What : std::uint8_t {
        UsePort,
        KnowHost,
        ForgetHost,
        AskIdentity,
        UseFeedback,
        SetAutoClaim,
        SetPipeline,
        Shutdown
    } what = What::Shutdown;
    io::VirtualPort* port = nullptr;     ///< ownership passes to the engine
    io::Endpoint host;                   ///< KnowHost, ForgetHost: a host's door, for leases
    SourceId source;                     ///< AskIdentity: whose
    io::MidiSource* feedback = nullptr;  ///< UseFeedback; ownership passes to the engine
    bool on = false;                     ///< SetAutoClaim
    /// SetPipeline; ownership passes to the engine. Never null then.
    const path::PipelineMap* pipeline = nullptr;
};
struct ClientEvent {
    enum class What : std::uint8_t {
        PortLost,
        PortReplaced,
        SourceHeard,
        SourceSilent,
        SourceBack,
        Switched,
        FocusChanged,
        ClaimDue,
        ReminderDue,
        FeedbackLost,
        LeaseSought,
        PipelineReplaced,  ///< another one is in force from the next event on
        Finished
    } what = What::Finished;
    io::VirtualPort* port = nullptr;  ///< ownership passes back, to be destroyed
    SourceId source;
    Epoch epoch;
    control::SwitchReason why = control::SwitchReason::First;  ///< Switched
    wire::Focus focus{};  ///< FocusChanged: with another holder, or with none any more
    io::MidiSource* feedback = nullptr;  ///< FeedbackLost; ownership passes back
    io::Endpoint host;                   ///< LeaseSought: a host's door that is asked from now on
    const path::PipelineMap* pipeline = nullptr;  ///< PipelineReplaced; ownership passes back
};

/// Thread: `turn` on one thread, the engine's; it neither allocates, locks, logs nor waits but in
/// the waiter. `command` and `poll` on one other. Destroy it when neither runs.
class ClientEngine final : private path::PortWriter, private path::EventSink {
  public:
    ClientEngine(const ClientEngineOptions& options, std::vector<ClientSocket> sockets,
                 io::Waiter& waiter, const io::Clock& clock);
    ~ClientEngine() override;
    ClientEngine(const ClientEngine&) = delete;
    ClientEngine& operator=(const ClientEngine&) = delete;

    Result<void> start();
    /// Once more, when sockets were replaced behind their handles. Thread: any. Errors: the
    /// waiter's.
    Result<void> watch_sockets();
    /// Waits once and does what there is to do. False when the engine is finished: notes are
    /// released and written.
    bool turn() noexcept;

    [[nodiscard]] bool command(const ClientCommand& command) noexcept;
    [[nodiscard]] bool poll(ClientEvent& event) noexcept { return events_.pop(event); }
    const ClientStatus& status() noexcept { return status_.latest(); }
    /// What the device says of itself, from now on. Thread: control.
    void know_replies(const midi::InquiryReplies& replies) noexcept { replies_.publish(replies); }
    /// What passes, for monitors. Lifetime: the engine's.
    TapFeed& tap_feed() noexcept { return tap_feed_; }
    /// Thread: any.
    TimePoint last_turn() const noexcept {
        return TimePoint{Duration{last_turn_.load(std::memory_order_relaxed)}};
    }

    /// For checkers in tests, on the engine's thread: what was played to the port, and what a
    /// source's state is. Nothing when not heard.
    const midi::StreamState& told() const noexcept { return output_.told(); }
    const path::SourceStream* stream_of(SourceId source) const noexcept;
    const path::OutputCounters& output_counters() const noexcept { return output_.counters(); }
    const control::FocusSeat& seat() const noexcept { return seat_; }
    std::uint64_t corrections() const noexcept { return recover_.corrections(); }
    /// As of now; what the streams and the output count is only copied into it when it is
    /// published.
    const ClientStatus& counts() const noexcept { return counts_; }
    /// How long `source` may be silent as of now.
    Duration limit(SourceId source) const noexcept { return policy_.limit(source); }
    /// The source that is played; 0: none yet.
    SourceId active() const noexcept {
        return active_ != nullptr ? active_->stream->source() : SourceId{};
    }

  private:
    class Tap;
    class Lane;
    class Store;
    class FeedbackOut;
    static constexpr std::size_t kMaxSources = control::FailoverPolicy::kMaxSources;
    static constexpr std::size_t kMaxReady = 64;
    static constexpr std::uint32_t kAllPorts = (1U << kMaxPorts) - 1;
    static constexpr io::Token kPortToken = 1000;
    static constexpr io::Token kFeedbackToken = 1001;
    /// "Held notes of any age are started": for one who knows nothing yet.
    static constexpr Duration kAnyAge = std::chrono::hours{24};

    /// What a source's heartbeats say of its performance.
    enum class Part : std::uint8_t {
        Unknown,  ///< nothing yet
        Alone,    ///< nobody else sends it, or a standby something of its own
        Mirror,   ///< every mirror sends the same
    };
    static_assert(kMaxSources <= path::Pairing::kMaxLanes);

    struct Source {
        std::unique_ptr<Tap> tap;
        std::unique_ptr<path::SourceStream> stream;
        Peers peers;
        Part part = Part::Unknown;
        path::LaneQueue waiting;
        std::unique_ptr<Lane> lane;
        bool played = false;    ///< it is or was the active one
        bool left_out = false;  ///< what it brought was not given to the pairing
    };

    void take_commands(TimePoint now) noexcept;
    void use_port(io::VirtualPort* port) noexcept;
    void use_pipeline(const path::PipelineMap* map) noexcept;
    void ask_identity(SourceId id) noexcept;
    io::MidiSource* feedback_source() const noexcept;
    void watch_feedback(bool on) noexcept;
    void use_feedback(io::MidiSource* source) noexcept;
    void read_feedback(std::span<const io::Ready> ready) noexcept;
    void on_focus(const wire::Focus& told, TimePoint now) noexcept;
    void expire_focus(TimePoint now) noexcept;
    void mind_focus(TimePoint now) noexcept;
    bool on_question(const wire::Datagram& datagram, const ClientSocket& from,
                     io::Endpoint endpoint, TimePoint now) noexcept;
    void drop_port(ClientEvent::What why) noexcept;
    void begin_shutdown(TimePoint now) noexcept;
    void finish_shutdown(TimePoint now) noexcept;
    using SocketList = FixedVector<std::size_t, kMaxReady>;
    void take_in(std::span<const io::Ready> ready) noexcept;
    void take_one_each(SocketList& waiting) noexcept;
    void drain(SocketList& waiting, unsigned datagrams) noexcept;
    bool is_stalled() const noexcept;
    void fall_behind() noexcept;
    void catch_up() noexcept;
    bool receive(std::size_t socket, unsigned most) noexcept;
    void on_datagram(const ClientSocket& from, const io::Received& received,
                     TimePoint now) noexcept;
    struct Heard {
        Source* source = nullptr;
        bool current = false;  ///< recent by the source's own clock
        bool waited = false;   ///< it may have come while we were stalled
    };
    bool dispatch(const wire::Datagram& datagram, Heard& heard, TimePoint now) noexcept;
    bool on_data(ByteView payload, Heard& heard, TimePoint now) noexcept;
    bool on_heartbeat(ByteView payload, Heard& heard, TimePoint now) noexcept;
    void note_alive(const Source& source, TimePoint now) noexcept;
    Source* source_for(SourceId id, TimePoint now) noexcept;
    path::Peer peer_at(const ClientSocket& from, io::Endpoint endpoint) const noexcept;
    void ask(const Source& source, const wire::Nack& nack) noexcept;
    void send_lease(std::uint8_t socket, io::Endpoint door, bool release) noexcept;
    wire::Header header(wire::PacketKind kind) noexcept;
    void ask_leases(TimePoint now) noexcept;
    void judge(TimePoint now) noexcept;
    void activate(Source& source) noexcept;
    void play_first(Source& source) noexcept;
    void play(SourceId id, control::SwitchReason why, TimePoint now) noexcept;
    void record_switch(SourceId to, control::SwitchReason why, TimePoint now) noexcept;
    void take_over(Source& source, TimePoint now) noexcept;
    /// Stands still while we do: copies that waited for us did not come late.
    TimePoint pairing_time() const noexcept { return now_ - stalled_; }
    path::LaneId lane_of(const Source& source) const noexcept;
    bool is_joint(const Source& source) const noexcept;
    bool is_mirrored(TimePoint now) const noexcept;
    void on_event(Source& source, const wire::Event& event, TimePoint when) noexcept;
    void pump_lanes() noexcept;
    void change_lane(Source& source, TimePoint now) noexcept;
    static Duration age(const Source& source, TimePoint now) noexcept;
    bool is_rivalled(const Source& source, PortIndex port, TimePoint now) noexcept;
    bool knows_more(const Source& a, const Source& b, PortIndex port, TimePoint now) const noexcept;
    const Source* knowing(PortIndex port, bool in_step, TimePoint now) noexcept;
    bool keeps_step(const Source& source, PortIndex port) noexcept;
    void settle(TimePoint now) noexcept;
    void correct(const Source& source, Duration fresh, TimePoint now) noexcept;
    midi::RestorePolicy restoring(Duration fresh) const noexcept {
        return {.fresh = fresh, .values = !values_kept_};
    }
    void begin_pickup() noexcept;
    void play_event(const wire::Event& event, TimePoint when) noexcept;
    SourceStatus status_of(const path::SourceStream& stream, TimePoint now) const noexcept;
    void fall_silent(TimePoint now) noexcept;
    void empty_output() noexcept;
    void resync(Duration fresh, TimePoint now) noexcept;
    bool senses() const noexcept;
    void mend_port(TimePoint now) noexcept;
    void sense(TimePoint now) noexcept;
    void watch_port() noexcept;
    void publish(TimePoint now, TimePoint woke) noexcept;
    TimePoint next_due() const noexcept;
    void tell(const ClientEvent& event) noexcept { (void)events_.push(event); }
    path::Wrote write(PortIndex port, std::span<const std::uint8_t> bytes,
                      TimePoint when) noexcept override;
    /// What the pairing gives.
    void on_event(const wire::Event& event, TimePoint when) noexcept override {
        play_event(event, when);
    }
    bool is_active(const Source& source) const noexcept { return active_ == &source; }

    ClientEngineOptions options_;
    std::vector<ClientSocket> sockets_;
    io::Waiter& waiter_;
    const io::Clock& clock_;
    std::array<std::byte, wire::kMaxDatagram + 1> received_{};  ///< the datagram at hand
    std::array<Source, kMaxSources> sources_;
    Source* active_ = nullptr;
    std::array<io::Ready, kMaxReady> ready_{};  ///< what the last wait found
    SocketList events_waiting_;                 ///< of those, what is not read to its end yet
    SocketList beats_waiting_;
    bool behind_ = false;  ///< a socket is
    control::FailoverPolicy policy_;
    TapFeed tap_feed_;
    path::PortPipeline port_pipeline_;  ///< nothing but answers to inquiries goes round it
    path::Output output_;               ///< knows what the port was told before that
    path::Playout playout_;
    path::Recover recover_;
    path::Pickup pickup_;
    path::Pairing pairing_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<FeedbackOut> feedback_out_;
    Feedback feedback_;
    control::FocusSeat seat_;
    std::unique_ptr<io::MidiSource> feedback_source_;  ///< where it is not the port's own
    wire::Focus focus_told_;
    std::uint32_t feedback_packets_ = 0;
    LeaseSeeker leases_;
    std::unique_ptr<io::VirtualPort> port_;
    bool port_lost_ = false;
    bool port_new_ = false;    ///< opened since the last mend_port()
    bool owes_state_ = false;  ///< it was not told the state as a whole yet
    /// Values of the active source are not restored: its hosts asked for that at a takeover.
    bool values_kept_ = false;
    bool switched_ = false;  ///< or something else somebody waits for, since the last publication
    /// Ports for which one of the mirrored hosts is waited for that is in step, a bit each.
    std::uint32_t resync_due_ = 0;  ///< ports to be corrected, a bit each
    std::uint32_t resync_new_ = 0;  ///< those of them that were not corrected at all yet
    Duration resync_fresh_{};
    TimePoint resync_asked_{};
    bool silenced_ = false;  ///< the active source fell silent and its notes were released
    WriteInterest port_writes_{waiter_, kPortToken};
    TimePoint now_{};         ///< of the datagram at hand, else of the wake-up
    TimePoint due_ = kNever;  ///< when it was to be woken at the latest
    Duration stalled_{};      ///< all that it was woken later than that
    TimePoint last_write_{};
    TimePoint shutdown_by_ = kNever;
    bool finished_ = false;
    std::uint32_t packets_sent_ = 0;
    SpscRing<ClientCommand> commands_{64};
    SpscRing<ClientEvent> events_{256};
    TripleBuffer<ClientStatus> status_;
    TripleBuffer<midi::InquiryReplies> replies_;  ///< the other way
    ClientStatus counts_;
    TimePoint next_publish_{};
    TimePoint publish_by_{};
    std::atomic<std::int64_t> last_turn_{0};
};

}  // namespace midinet::engine
