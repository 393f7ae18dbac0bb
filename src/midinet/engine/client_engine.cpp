#include "engine/client_engine.hpp"

#include "engine/client_feedback.hpp"
#include "engine/client_lane.hpp"
#include "engine/client_store.hpp"

#include <algorithm>

namespace midinet::engine {
namespace {

/// Datagrams taken from one socket before the others get their turn.
constexpr unsigned kReceivesPerRound = 64;
/// Datagrams per turn: after a stall the backlog is drained before anyone is judged, but never for
/// ever.
constexpr unsigned kDatagramsPerTurn = 16384;
constexpr unsigned kBeatsPerTurn = 1024;
/// Woken later than this, what the wait found ready is old news: every socket is read.
constexpr Duration kLateWake = 500us;
/// A source silent this long gives its place to a new one.
constexpr Duration kForgetAfter = 10s;

}  // namespace

/// What one stream tells; only the active one's events go on to the port.
class ClientEngine::Tap final : public path::StreamSink {
  public:
    Tap(ClientEngine& engine, Source& source) noexcept : engine_(engine), source_(source) {}
    void on_event(const wire::Event& event, TimePoint when) noexcept override {
        engine_.on_event(source_, event, when);
    }
    void on_new_epoch() noexcept override {
        const auto& stream = *source_.stream;
        engine_.tell({ClientEvent::What::SourceHeard, nullptr, stream.source(), stream.epoch()});
        engine_.policy_.on_restart(stream.source());
        engine_.pairing_.restart(engine_.lane_of(source_), engine_.pairing_time());
        source_.waiting.restart();
        if (!engine_.is_active(source_) || engine_.is_mirrored(engine_.now_)) return;
        // A mirror that returns may have been played a moment ago by one that died.
        if (source_.part != Part::Mirror) engine_.pairing_.reset(engine_.pairing_time());
        engine_.resync_due_ = 0;
        engine_.empty_output();
        engine_.recover_.release(engine_.now_);
        engine_.values_kept_ = engine_.owes_state_ = false;
        engine_.pickup_.clear();
        // After a stall of ours another one may live of which nothing was read yet.
        if (source_.part == Part::Mirror)
            engine_.resync(engine_.options_.fresh_notes, engine_.now_);
    }
    void on_whole(bool joined) noexcept override {
        if (!engine_.is_active(source_) && !engine_.is_joint(source_)) return;
        if (joined && engine_.pickup_.waiting() > 0) engine_.begin_pickup();
        engine_.resync(joined ? kAnyAge : engine_.options_.fresh_notes, engine_.now_);
    }
    void on_request(const wire::Nack& nack) noexcept override { engine_.ask(source_, nack); }

  private:
    ClientEngine& engine_;
    Source& source_;
};

ClientEngine::ClientEngine(const ClientEngineOptions& options, std::vector<ClientSocket> sockets,
                           io::Waiter& waiter, const io::Clock& clock)
    : options_(options),
      sockets_(std::move(sockets)),
      waiter_(waiter),
      clock_(clock),
      policy_(options.failover),
      port_pipeline_(*this),
      output_(port_pipeline_),
      playout_(options.jitter_buffer, output_),
      recover_(options_.profile, playout_),
      pickup_(options_.profile),
      pairing_({.lanes = kMaxSources}, *this),
      store_(std::make_unique<Store>(*this)),
      feedback_out_(std::make_unique<FeedbackOut>(*this)),
      feedback_({.client = options.client,
                 .epoch = options.feedback_epoch,
                 .epoch_start = clock.now(),
                 .group = options.focus_group}),
      seat_(options.client, options.auto_claim) {
    for (auto& source : sources_) {
        source.tap = std::make_unique<Tap>(*this, source);
        source.lane = std::make_unique<Lane>(*this, source);
        source.stream = std::make_unique<path::SourceStream>(options.stream, *source.tap);
    }
}

ClientEngine::~ClientEngine() {
    ClientCommand left;
    while (commands_.pop(left)) {
        delete left.port;
        delete left.feedback;
        delete left.pipeline;
    }
    ClientEvent event;
    while (events_.pop(event)) {
        delete event.port;
        delete event.feedback;
        delete event.pipeline;
    }
}

Result<void> ClientEngine::watch_sockets() {
    for (std::size_t i = 0; i < sockets_.size(); ++i) {
        auto watched =
            waiter_.watch(sockets_[i].socket->handle(), static_cast<io::Token>(i), true, false);
        if (!watched) return watched;
    }
    return {};
}

Result<void> ClientEngine::start() {
    leases_.begin(clock_.now());
    return watch_sockets();
}

bool ClientEngine::command(const ClientCommand& command) noexcept {
    const bool pushed = commands_.push(command);
    waiter_.wake();
    return pushed;
}

const path::SourceStream* ClientEngine::stream_of(SourceId source) const noexcept {
    for (const auto& s : sources_)
        if (s.stream->heard() && s.stream->source() == source) return s.stream.get();
    return nullptr;
}

bool ClientEngine::turn() noexcept {
    due_ = next_due();
    const std::span ready = std::span{ready_}.first(waiter_.wait(due_, ready_));
    const auto woke = clock_.now();
    if (due_ != kNever) stalled_ += std::max(woke - std::max(due_, now_), Duration{});
    now_ = woke;
    last_turn_.store(now_.time_since_epoch().count(), std::memory_order_relaxed);
    take_commands(now_);
    if (port_new_) mend_port(now_);  // what is read in this turn comes behind the state
    expire_focus(now_);

    take_in(ready);
    read_feedback(ready);
    if (port_ && port_->wants_write() && port_->flush() == io::WriteResult::Lost) port_lost_ = true;
    for (auto& source : sources_) source.stream->on_timer(now_);
    judge(now_);
    pump_lanes();
    settle(now_);
    port_pipeline_.pump(now_);
    playout_.on_timer(now_);
    output_.pump(now_);
    if (output_.idle()) feedback_.answer(*this, now_);
    mend_port(now_);
    ask_leases(now_);
    mind_focus(now_);
    sense(now_);
    if (port_lost_) drop_port(ClientEvent::What::PortLost);
    watch_port();
    finish_shutdown(now_);
    publish(now_, woke);
    return !finished_;
}

/// Events before beats: a beat repeats events that may still wait beside it, and a flood on one
/// kind of socket must not keep the other unread. Before anything is due one datagram of a socket
/// will do, unless there are beats behind it: the next wait tells whether there are more, and that
/// saves the question.
void ClientEngine::take_in(std::span<const io::Ready> ready) noexcept {
    const auto began = now_;
    if (is_stalled()) fall_behind();
    events_waiting_.clear();
    beats_waiting_.clear();
    const auto add = [&](std::size_t i) {
        (void)(sockets_[i].beats ? beats_waiting_ : events_waiting_).push_back(i);
    };
    if (behind_ || (due_ != kNever && now_ - due_ > kLateWake)) {
        for (std::size_t i = 0; i < sockets_.size(); ++i) add(i);
    } else {
        for (const auto& one : ready)
            if (one.token < sockets_.size() && one.readable) add(one.token);
        if (beats_waiting_.empty()) take_one_each(events_waiting_);
    }
    drain(events_waiting_, kDatagramsPerTurn);
    if (!behind_) take_one_each(beats_waiting_);
    drain(beats_waiting_, kBeatsPerTurn);
    if (now_ - began > path::SourceStream::kCurrent)
        fall_behind();  // while we read: what was read to its end may have filled again
    else if (behind_)
        catch_up();
}

bool ClientEngine::is_stalled() const noexcept {
    return due_ != kNever && now_ - due_ > path::SourceStream::kCurrent;
}

/// One turn does not always read all that waited, and the next one is not late any more.
void ClientEngine::fall_behind() noexcept {
    behind_ = true;
    for (auto& socket : sockets_) socket.behind = true;
}

/// What comes from a socket that was read to its end came after we woke.
void ClientEngine::catch_up() noexcept {
    for (auto& socket : sockets_) socket.behind = false;
    for (const auto i : events_waiting_) sockets_[i].behind = true;
    for (const auto i : beats_waiting_) sockets_[i].behind = true;
    behind_ = !events_waiting_.empty() || !beats_waiting_.empty();
}

/// Reads a datagram of each, and with that is done with them when nothing is due yet.
void ClientEngine::take_one_each(SocketList& waiting) noexcept {
    if (now_ >= due_) return;
    for (const auto i : waiting) (void)receive(i, 1);
    if (now_ < due_) waiting.clear();
}

/// Round robin, until they are empty or `datagrams` were taken.
void ClientEngine::drain(SocketList& waiting, unsigned datagrams) noexcept {
    for (unsigned taken = 0; !waiting.empty() && taken < datagrams;)
        for (std::size_t i = waiting.size(); i-- > 0; taken += kReceivesPerRound)
            if (!receive(waiting[i], kReceivesPerRound)) waiting.swap_remove(i);
}

/// True when the socket may hold more. Time is read again for each datagram: one sent since the
/// wake-up would otherwise seem to have travelled faster than any, and mislead the clock estimate.
bool ClientEngine::receive(std::size_t socket, unsigned most) noexcept {
    for (unsigned i = 0; i < most; ++i) {
        const auto received = sockets_[socket].socket->receive(received_);
        if (!received) return false;
        now_ = clock_.now();
        on_datagram(sockets_[socket], *received, now_);
    }
    return true;
}

void ClientEngine::on_datagram(const ClientSocket& from, const io::Received& received,
                               TimePoint now) noexcept {
    const auto datagram = wire::decode_datagram(received.bytes);
    if (datagram && on_question(*datagram, from, received.from, now)) return;
    Heard heard{.waited = from.behind || is_stalled()};
    if (!datagram || !dispatch(*datagram, heard, now)) {
        ++counts_.garbage;
        return;
    }
    counts_.legs.count(datagram->header, from.interface, from.unicast, now);
    if (!from.unicast) leases_.on_multicast(received.from.address, now);
    if (heard.source != nullptr)
        heard.source->peers.remember(peer_at(from, received.from), heard.current, now);
}

/// Hands a datagram to its source's stream. False when it is malformed or not for clients. The peer
/// is remembered only after that, so a request made from within goes where the source was heard
/// before; `ask` at the next timer finds it.
bool ClientEngine::dispatch(const wire::Datagram& datagram, Heard& heard, TimePoint now) noexcept {
    switch (datagram.header.kind) {
        case wire::PacketKind::Data:
            return on_data(datagram.payload, heard, now);
        case wire::PacketKind::Heartbeat:
            return on_heartbeat(datagram.payload, heard, now);
        case wire::PacketKind::Bulk: {
            const auto bulk = wire::decode_bulk(datagram.payload);
            if (!bulk) return false;
            if ((heard.source = source_for(bulk->source, now)) == nullptr) return true;
            heard.source->stream->on_bulk(*bulk);
            return true;
        }
        case wire::PacketKind::Journal: {
            const auto journal = wire::decode_journal(datagram.payload);
            if (!journal) return false;
            if ((heard.source = source_for(journal->head.source, now)) == nullptr) return true;
            heard.source->stream->on_journal(*journal);
            return true;
        }
        default:
            return false;
    }
}

bool ClientEngine::on_data(ByteView payload, Heard& heard, TimePoint now) noexcept {
    const auto data = wire::decode_data(payload);
    if (!data) return false;
    const auto& head = data->head;
    if ((heard.source = source_for(head.source, now)) == nullptr) return true;
    heard.source->stream->on_data(*data, now);
    note_alive(*heard.source, now);
    heard.current = heard.source->stream->is_current(head.epoch, head.sent_us, now);
    return true;
}

bool ClientEngine::on_heartbeat(ByteView payload, Heard& heard, TimePoint now) noexcept {
    const auto heartbeat = wire::decode_heartbeat(payload);
    if (!heartbeat) return false;
    const auto& beat = heartbeat->beat;
    if ((heard.source = source_for(beat.source, now)) == nullptr) return true;
    auto& stream = *heard.source->stream;
    if (!stream.heard() || beat.epoch >= stream.epoch())
        heard.source->part = beat.role == wire::Role::Mirror ? Part::Mirror : Part::Alone;
    stream.on_heartbeat(*heartbeat, now);
    heard.current = stream.is_current(beat.epoch, beat.sent_us, now);
    if (beat.epoch != stream.epoch()) return true;
    if (stream.last_heard() == now) {
        policy_.on_beat(beat, now);
        // Not one that waited while we were stalled: the focus may be another's by now. Of a host
        // that began meanwhile the beat itself does not tell.
        if (heard.current && !heard.waited) on_focus(beat.focus, now);
    }
    // One that overtook the last events is not the end yet: it is said several times.
    const bool complete = is_after(stream.next(), beat.newest);
    if ((beat.flags & wire::heartbeat_flags::kGoodbye) != 0 && complete)
        policy_.on_goodbye(beat.source);
    return true;
}

/// Only what is newer than anything heard before keeps a source alive: neither an older epoch's
/// datagrams do, nor old ones that somebody sends again.
void ClientEngine::note_alive(const Source& source, TimePoint now) noexcept {
    const auto& stream = *source.stream;
    if (stream.last_heard() == now) policy_.on_heard(stream.source(), now);
}

ClientEngine::Source* ClientEngine::source_for(SourceId id, TimePoint now) noexcept {
    if (id == Feedback::kSource) return nullptr;  // a client's lights are no performance
    Source* found = nullptr;
    Source* free = nullptr;
    for (auto& source : sources_) {
        if (source.stream->heard() && source.stream->source() == id) found = &source;
        const bool stale = source.stream->heard() &&
                           now - source.stream->last_heard() > kForgetAfter && !is_active(source);
        if (free == nullptr && (!source.stream->heard() || stale)) free = &source;
    }
    if (found == nullptr && free != nullptr) {
        free->stream->forget();
        free->peers.clear();
        free->part = Part::Unknown;
        free->waiting.restart();
        free->played = free->left_out = false;
        found = free;
    }
    if (found == nullptr) return nullptr;
    if (active_ == nullptr) play_first(*found);
    return found;
}

}  // namespace midinet::engine
