// The host's engine thread: device bytes in, datagrams out.
#pragma once

#include "base/spsc_ring.hpp"
#include "base/triple_buffer.hpp"
#include "control/plane/played_midi.hpp"
#include "engine/leases.hpp"
#include "engine/peer.hpp"
#include "engine/surface.hpp"
#include "engine/tap_feed.hpp"
#include "engine/write_interest.hpp"
#include "io/clock.hpp"
#include "io/datagram_socket.hpp"
#include "io/midi_source.hpp"
#include "io/waiter.hpp"
#include "path/capture/capture.hpp"
#include "path/inquiry/questioner.hpp"
#include "path/pipeline/pipeline.hpp"
#include "path/relay/relay.hpp"
#include "path/transmit/transmit.hpp"
#include "path/trigger/trigger.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace midinet::engine {

struct HostEngineOptions {
    path::TransmitOptions transmit;
    io::Endpoint data_group;
    io::Endpoint heartbeat_group;
    SourceId relay_of;  ///< whose stream is passed on too; 0: nobody's
    path::TriggerSettings trigger;
    /// Woken by events that must not wait for its next tick. Lifetime: the engine's. May be null.
    io::Waiter* attention = nullptr;
};

/// What a host sends from, in order: first one socket per interface for everything multicast, then
/// the doors that take leases on the well-known port. Answers leave by the socket the question came
/// in on. Then the sockets that hear feedback. At the end, for a relay, the sockets that hear the
/// relayed source's groups: the same number for each interface, in the order of the senders.
struct HostSockets {
    std::vector<std::unique_ptr<io::DatagramSocket>> sockets;
    std::size_t senders = 0;  ///< how many of them, from the front, are for multicast
    std::size_t ears = 0;     ///< how many of them, at the end, hear the relayed source
    /// How many of them, before those, hear the clients' feedback: one an interface.
    std::size_t feedback_ears = 0;
};

/// Counters for people. Copied to the control thread a few times a second.
struct HostStatus {
    path::TransmitCounters transmit;
    path::RelayCounters relay;
    midi::ParserCounters parser;
    std::uint64_t received = 0;
    std::uint64_t garbage =
        0;  ///< datagrams that are not ours, malformed, or of a kind no host takes
    std::uint64_t send_failures = 0;
    std::uint64_t leases_refused = 0;
    std::uint64_t watch_failures = 0;
    std::uint32_t leases = 0;
    bool source_open = false;
    SurfaceStatus surface;
    wire::FailoverPolicy failover;
    wire::Appointment appointment;
    wire::Focus focus;
    std::uint32_t pipeline = 0;  ///< fingerprint of the one in force
    wire::Role role = wire::Role::Primary;
    std::uint8_t health = 100;   ///< Range: 0..100
    bool sending_fails = false;  ///< of late
    std::uint64_t turns = 0;
    Duration longest_turn{};  ///< longest time from wake-up to wait
};

/// Control to engine.
struct HostCommand {
    enum class What : std::uint8_t {
        UseSource,
        SetFailover,
        Appoint,
        SetFocus,
        UseSurface,
        SetPipeline,
        Hold,
        Play,
        Shutdown
    } what = What::Shutdown;
    io::MidiSource* source = nullptr;  ///< ownership passes to the engine; none: lets go of its own
    wire::FailoverPolicy failover{};   ///< SetFailover
    wire::Appointment appointment{};   ///< Appoint; a lower term than the one in force is ignored
    wire::Focus focus{};               ///< SetFocus; the same
    io::VirtualPort* port = nullptr;  ///< UseSurface; ownership passes to the engine; none: lets go
    /// SetPipeline; ownership passes to the engine. Never null then.
    const path::PipelineMap* pipeline = nullptr;
    TimePoint until{};                  ///< Hold: nothing is sent before; in the past: it ends
    PortIndex played_on{};              ///< Play
    control::plane::PlayedMidi midi{};  ///< Play: taken as if the device had sent it
};
/// Engine to control.
struct HostEvent {
    enum class What : std::uint8_t {
        SourceLost,
        SourceEnded,
        SourceReplaced,
        IdentityAsked,
        TriggerPressed,
        TriggerPressedUnguarded,
        SurfaceLost,
        SurfaceReplaced,
        PipelineReplaced,  ///< another one is in force from the next event on
        DeviceAnswered,
        DeviceUnidentified,
        Finished
    } what = What::Finished;
    io::MidiSource* source = nullptr;             ///< ownership passes back, to be destroyed
    io::VirtualPort* port = nullptr;              ///< the same
    const path::PipelineMap* pipeline = nullptr;  ///< the same
    PortIndex answered{};                         ///< DeviceAnswered: where
    midi::InquiryReply reply{};                   ///< DeviceAnswered: who it says it is
};

/// Thread: `turn` on one thread, the engine's; it neither allocates, locks, logs nor waits but in
/// the waiter. `command` and `poll` on one other. Destroy it when neither runs.
class HostEngine {
  public:
    HostEngine(const HostEngineOptions& options, HostSockets sockets, io::Waiter& waiter,
               const io::Clock& clock);
    ~HostEngine();
    HostEngine(const HostEngine&) = delete;
    HostEngine& operator=(const HostEngine&) = delete;

    Result<void> start() { return watch_sockets(); }
    /// At the start, and again when sockets were replaced behind their handles. Thread: any.
    /// Errors: the waiter's.
    Result<void> watch_sockets();
    /// Waits once and does what there is to do. False when the engine is finished: goodbyes are
    /// said.
    bool turn() noexcept;

    /// False when the ring is full (the engine is stuck).
    [[nodiscard]] bool command(const HostCommand& command) noexcept;
    [[nodiscard]] bool poll(HostEvent& event) noexcept { return events_.pop(event); }
    const HostStatus& status() noexcept { return status_.latest(); }
    /// What passes, for monitors. Lifetime: the engine's.
    TapFeed& tap_feed() noexcept { return tap_feed_; }
    /// Time of the last turn, for the watchdog. Thread: any.
    TimePoint last_turn() const noexcept {
        return TimePoint{Duration{last_turn_.load(std::memory_order_relaxed)}};
    }

  private:
    class Out;
    class Feed;
    class Relaying;

    void take_commands(TimePoint now) noexcept;
    void do_command(const HostCommand& command, TimePoint now) noexcept;
    void begin_goodbyes(TimePoint now) noexcept;
    void play(PortIndex port, const control::plane::PlayedMidi& midi, TimePoint now) noexcept;
    void use_source(io::MidiSource* source, TimePoint now) noexcept;
    void drop_source(HostEvent::What why, TimePoint now) noexcept;
    void read_source(TimePoint now) noexcept;
    void release_all(TimePoint now) noexcept;
    void receive(std::size_t socket, TimePoint now) noexcept;
    std::size_t first_ear() const noexcept { return sockets_.sockets.size() - sockets_.ears; }
    std::size_t first_feedback_ear() const noexcept { return first_ear() - sockets_.feedback_ears; }
    path::Peer peer_beside(std::size_t sender, io::Endpoint from) const noexcept;
    void on_ear(std::size_t socket, const io::Received& received, TimePoint now) noexcept;
    void use_surface(io::VirtualPort* port, HostEvent::What why, TimePoint now) noexcept;
    void use_pipeline(const path::PipelineMap* map) noexcept;
    void mind_surface(TimePoint now) noexcept;
    void begin_questions(TimePoint now) noexcept;
    void ask_device(TimePoint now) noexcept;
    void on_datagram(ByteView bytes, path::Peer from, TimePoint now) noexcept;
    bool dispatch(const wire::Datagram& datagram, path::Peer from, TimePoint now) noexcept;
    bool on_nack(ByteView payload, path::Peer from, TimePoint now) noexcept;
    bool on_lease(ByteView payload, path::Peer from, TimePoint now) noexcept;
    void watch_source(bool on) noexcept;
    void update_flags(TimePoint now) noexcept;
    void update_health(TimePoint now) noexcept;
    void on_press() noexcept;
    /// Whether what the device sends is read: what came after a goodbye would play to the end of
    /// it.
    bool listens() const noexcept { return transmit_.accepts() && goodbyes_left_ == 0; }
    void say_goodbyes(TimePoint now) noexcept;
    void publish(TimePoint now) noexcept;
    TimePoint next_due() const noexcept;

    static constexpr io::Token kSourceToken = 1000;
    static constexpr io::Token kSurfaceToken = 1001;
    static constexpr unsigned kGoodbyes = 3;

    HostEngineOptions options_;
    HostSockets sockets_;
    io::Waiter& waiter_;
    const io::Clock& clock_;
    std::array<std::byte, wire::kMaxDatagram + 1> received_{};   ///< the datagram at hand
    std::array<std::uint8_t, path::Transmit::kMaxRead> read_{};  ///< what the device said last
    TapFeed tap_feed_;
    path::Capture capture_;
    path::Questioner questioner_;
    path::Trigger trigger_;
    path::Pipeline pipeline_;
    path::Transmit transmit_;
    std::unique_ptr<Out> out_;
    Surface surface_;
    WriteInterest surface_writes_{waiter_, kSurfaceToken};
    Leases leases_;
    std::unique_ptr<Relaying> relaying_;
    std::vector<std::uint32_t> packet_numbers_;
    std::unique_ptr<io::MidiSource> source_;
    bool source_watched_ = false;
    unsigned goodbyes_left_ = 0;  ///< > 0: shutting down
    TimePoint next_goodbye_ = kNever;
    TimePoint held_until_{};  ///< nothing is sent before
    bool held_ = false;       ///< so it is in this turn
    bool finished_ = false;
    SpscRing<HostCommand> commands_{16};
    SpscRing<HostEvent> events_{16};
    TripleBuffer<HostStatus> status_;
    HostStatus counts_;
    TimePoint next_publish_{};
    TimePoint publish_by_{};
    TimePoint next_health_{};
    std::uint64_t failures_before_ = 0;  ///< send_failures when health was looked at last
    std::atomic<std::int64_t> last_turn_{0};
};

}  // namespace midinet::engine
