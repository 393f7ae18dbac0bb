// The client engine's second half: choosing what is played, the port, questions to hosts, the end.
#include "engine/client_engine.hpp"
#include "engine/client_lane.hpp"
#include "engine/client_store.hpp"

#include <algorithm>
#include <utility>

namespace midinet::engine {
namespace {

/// How long a shutdown may take to write its note-offs.
constexpr Duration kShutdownPatience = 100ms;
/// Active sensing must come within 300 ms (MIDI 1.0 Detailed Specification, "Active Sensing").
constexpr Duration kSensingInterval = 250ms;
constexpr Duration kPublishInterval = 100ms;
/// A report to people makes way for events, and for no longer than this.
constexpr Duration kPublishPatience = 50ms;
constexpr Duration kPublishRetry = 1ms;

}  // namespace

void ClientEngine::judge(TimePoint now) noexcept {
    const auto decision = policy_.judge(now);
    if (decision.play && (active_ == nullptr || active_->stream->source() != *decision.play))
        play(*decision.play, decision.why, now);
    if (decision.silent) {
        fall_silent(now);
    } else if (silenced_ && active_ != nullptr && policy_.alive(active_->stream->source(), now)) {
        silenced_ = false;
        tell({ClientEvent::What::SourceBack, nullptr, active_->stream->source(),
              active_->stream->epoch()});
        if (active_->stream->whole()) resync(options_.fresh_notes, now);
    }
}

void ClientEngine::activate(Source& source) noexcept {
    active_ = &source;
    source.played = true;
}

void ClientEngine::play_first(Source& source) noexcept {
    activate(source);
    output_.set_store(store_.get());
}

void ClientEngine::play(SourceId id, control::SwitchReason why, TimePoint now) noexcept {
    for (auto& source : sources_) {
        if (!source.stream->heard() || source.stream->source() != id) continue;
        ++counts_.switches;
        record_switch(id, why, now);
        take_over(source, now);
        next_publish_ = publish_by_ = now;  // whoever waits for the switch is told at once
        switched_ = true;
        tell({ClientEvent::What::Switched, nullptr, id, source.stream->epoch(), why});
    }
}

/// That the preferred host was heard a moment after the first one is part of the beginning.
void ClientEngine::record_switch(SourceId to, control::SwitchReason why, TimePoint now) noexcept {
    if (why == control::SwitchReason::Settled) return;
    counts_.last_switch = {.to = to, .why = why, .at = now};
    if (active_ == nullptr) return;
    counts_.last_switch.from = active_->stream->source();
    counts_.last_switch.silence = now - active_->stream->last_heard();
}

/// From one performance to another: the old one's notes end by difference, and its values stay,
/// change or are kept as the hosts want it.
void ClientEngine::take_over(Source& source, TimePoint now) noexcept {
    if (active_ != nullptr && active_->part != Part::Alone && source.part == Part::Mirror)
        return change_lane(source, now);
    empty_output();
    pairing_.reset(pairing_time());
    for (auto& other : sources_) other.waiting.restart();
    resync_due_ = 0;
    const auto takeover = policy_.rules().takeover;
    const bool has_values = active_ != nullptr && !owes_state_;
    values_kept_ = takeover != wire::Takeover::Adopt && has_values;
    const bool picks_up = takeover == wire::Takeover::Pickup && has_values;
    activate(source);
    pickup_.clear();
    if (picks_up) begin_pickup();
    silenced_ = false;
    if (source.stream->whole())
        resync(options_.fresh_notes, now);
    else
        recover_.release(now);
}

/// Against what the port was told, and what is known of the new host's controls by now.
void ClientEngine::begin_pickup() noexcept {
    pickup_.begin(recover_.shadow(), active_->stream->truth());
}

/// An event of the performance that is played.
void ClientEngine::play_event(const wire::Event& event, TimePoint when) noexcept {
    if (event.kind == wire::EventKind::Message && !pickup_.passes(event.port, event.message))
        return;
    recover_.on_event(event, when);
}

/// What waited of the past is played now or never: behind a long SysEx that is still coming it
/// goes with that one, and then the shadow is what the port was really told.
void ClientEngine::empty_output() noexcept {
    playout_.drain();
    output_.set_store(store_.get());
    if (output_.dirty()) recover_.rebase(output_.told());
}

void ClientEngine::fall_silent(TimePoint now) noexcept {
    if (active_ == nullptr) return;
    ++counts_.silences;
    silenced_ = true;
    owes_state_ = false;
    resync_due_ = 0;
    for (auto& source : sources_) source.waiting.clear(*source.lane);
    empty_output();
    recover_.release(now);
    tell({ClientEvent::What::SourceSilent, nullptr, active_->stream->source(),
          active_->stream->epoch()});
}

/// A new port is told notes of any age, whenever the state is known.
void ClientEngine::resync(Duration fresh, TimePoint now) noexcept {
    if (std::exchange(owes_state_, false)) fresh = kAnyAge;
    if (active_->part != Part::Mirror) {
        correct(*active_, fresh, now);
        return;
    }
    resync_fresh_ = resync_due_ != 0 ? std::max(resync_fresh_, fresh) : fresh;
    if (resync_due_ == 0) resync_asked_ = now;
    resync_due_ = resync_new_ = kAllPorts;
}

/// After something was dropped, or a port was opened: once the port takes messages again, tell it
/// what it does not know.
void ClientEngine::mend_port(TimePoint now) noexcept {
    if (!output_.dirty() || !port_ || port_lost_ || !output_.idle() || !playout_.empty()) return;
    output_.clear_dirty();
    recover_.rebase(output_.told());
    if (std::exchange(port_new_, false)) {  // it needs all values, and none can jump
        values_kept_ = false;
        pickup_.clear();
        owes_state_ = active_ != nullptr && !silenced_;
    }
    if (silenced_)
        recover_.release(now);
    else if (active_ != nullptr && active_->stream->whole())
        resync(options_.fresh_notes, now);
}

path::Wrote ClientEngine::write(PortIndex port, std::span<const std::uint8_t> bytes,
                                TimePoint when) noexcept {
    if (!port_ || port_lost_) return path::Wrote::Lost;
    switch (port_->write(port, bytes, when)) {
        case io::WriteResult::Taken:
            break;
        case io::WriteResult::Full:
            return path::Wrote::Full;
        case io::WriteResult::Refused:
            return path::Wrote::Refused;
        case io::WriteResult::Lost:
            port_lost_ = true;
            return path::Wrote::Lost;
    }
    last_write_ = now_;
    counts_.transit.add(now_ - when);
    tap_feed_.take_written(control::plane::TapPoint::Delivered, port, bytes, now_);
    feedback_.on_played(port, bytes, now_);
    return path::Wrote::Taken;
}

bool ClientEngine::senses() const noexcept {
    return active_ != nullptr && port_ && !silenced_ && shutdown_by_ == kNever &&
           (active_->stream->last_beat().flags & wire::heartbeat_flags::kActiveSensing) != 0;
}

/// The source's active sensing is not carried; while it uses it, the port hears ours.
void ClientEngine::sense(TimePoint now) noexcept {
    if (!senses() || now - last_write_ < kSensingInterval) return;
    static constexpr std::array<std::uint8_t, 1> kSensing{0xFE};
    const auto ports = std::clamp<std::uint8_t>(active_->stream->last_beat().ports, 1, kMaxPorts);
    for (std::uint8_t p = 0; p < ports; ++p) (void)write(PortIndex{p}, kSensing, now);
    last_write_ = now;
}

TimePoint ClientEngine::next_due() const noexcept {
    auto due = std::min({playout_.next_due(), output_.next_due(), port_pipeline_.next_due(),
                         policy_.next_due(), leases_.next_due(), next_publish_, shutdown_by_,
                         feedback_.next_due()});
    for (const auto& source : sources_) due = std::min(due, source.stream->next_due());
    if (feedback_.owes_answers()) due = std::min(due, now_ + path::Output::kRetry);
    if (senses()) due = std::min(due, last_write_ + kSensingInterval);
    return due;
}

void ClientEngine::take_commands(TimePoint now) noexcept {
    ClientCommand command;
    while (commands_.pop(command)) {
        switch (command.what) {
            case ClientCommand::What::UsePort:
                use_port(command.port);
                break;
            case ClientCommand::What::KnowHost:
                leases_.know(command.host, now_);
                break;
            case ClientCommand::What::ForgetHost:
                leases_.forget(command.host);
                break;
            case ClientCommand::What::AskIdentity:
                ask_identity(command.source);
                break;
            case ClientCommand::What::UseFeedback:
                use_feedback(command.feedback);
                break;
            case ClientCommand::What::SetAutoClaim:
                seat_.set_auto_claim(command.on);
                break;
            case ClientCommand::What::SetPipeline:
                use_pipeline(command.pipeline);
                break;
            case ClientCommand::What::Shutdown:
                begin_shutdown(now);
                break;
        }
    }
}

void ClientEngine::ask_identity(SourceId id) noexcept {
    for (const auto& source : sources_)
        if (source.stream->heard() && source.stream->source() == id)
            ask(source, {.source = id,
                         .epoch = source.stream->epoch(),
                         .flags = wire::nack_flags::kIdentity});
}

void ClientEngine::use_port(io::VirtualPort* port) noexcept {
    drop_port(ClientEvent::What::PortReplaced);
    port_.reset(port);
    port_new_ = true;
    counts_.watch_failures += port_writes_.watch(*port_);
    watch_feedback(true);
    output_.on_port_opened();
    port_pipeline_.on_port_opened();
}

/// Between two events. Whoever asked waits for word of it, and the status tells of it first.
void ClientEngine::use_pipeline(const path::PipelineMap* map) noexcept {
    auto old = port_pipeline_.use(std::unique_ptr<const path::PipelineMap>(map), output_.told());
    counts_.pipeline = port_pipeline_.fingerprint();
    status_.publish(counts_);
    tell({.what = ClientEvent::What::PipelineReplaced, .pipeline = old.release()});
    if (options_.attention != nullptr) options_.attention->wake();
}

void ClientEngine::drop_port(ClientEvent::What why) noexcept {
    if (!feedback_source_ && port_ && port_->feedback() != nullptr) {
        port_lost_ = false;
        watch_feedback(false);
        feedback_.on_port_closed(now_);
    }
    port_lost_ = false;
    if (!port_) return;
    port_writes_.unwatch(*port_);
    tell({why, port_.release(), {}, {}});
}

void ClientEngine::watch_port() noexcept {
    if (port_) port_writes_.update(*port_);
}

void ClientEngine::begin_shutdown(TimePoint now) noexcept {
    if (shutdown_by_ != kNever) return;
    shutdown_by_ = now + kShutdownPatience;
    playout_.drain();
    recover_.release(now);
    leases_.for_each([&](io::Endpoint door) {
        for (std::size_t i = 0; i < sockets_.size(); ++i)
            if (sockets_[i].unicast) send_lease(static_cast<std::uint8_t>(i), door, true);
    });
}

void ClientEngine::finish_shutdown(TimePoint now) noexcept {
    if (shutdown_by_ == kNever || finished_) return;
    if (!output_.idle() && now >= shutdown_by_) {
        empty_output();
        recover_.release(now);
    }
    const bool written =
        output_.idle() && port_pipeline_.idle() && (!port_ || !port_->wants_write());
    if (!written && now < shutdown_by_) return;
    finished_ = true;
    tell({ClientEvent::What::Finished, nullptr, {}, {}});
}

path::Peer ClientEngine::peer_at(const ClientSocket& from, io::Endpoint endpoint) const noexcept {
    std::uint8_t socket = 0;
    for (std::size_t i = 0; i < sockets_.size(); ++i)
        if (sockets_[i].unicast && sockets_[i].interface == from.interface)
            socket = static_cast<std::uint8_t>(i);
    return pack({socket, endpoint});
}

wire::Header ClientEngine::header(wire::PacketKind kind) noexcept {
    return {.kind = kind, .sender = options_.client, .packet_number = ++packets_sent_};
}

/// To every place the source was heard from lately: whichever answers first repairs, the rest are
/// duplicates.
void ClientEngine::ask(const Source& source, const wire::Nack& nack) noexcept {
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    ByteWriter writer{buffer};
    wire::begin_datagram(writer, header(wire::PacketKind::Nack));
    wire::encode_nack(writer, nack);
    if (!wire::end_datagram(writer)) return;
    source.peers.for_each(now_, [&](path::Peer packed) {
        const auto peer = unpack(packed);
        if (!sockets_[peer.socket].socket->send(peer.endpoint, writer.written()))
            ++counts_.send_failures;
    });
}

void ClientEngine::ask_leases(TimePoint now) noexcept {
    leases_.on_timer(now, [&](io::Endpoint door, bool first) {
        if (first) tell({.what = ClientEvent::What::LeaseSought, .host = door});
        for (std::size_t i = 0; i < sockets_.size(); ++i)
            if (sockets_[i].unicast) send_lease(static_cast<std::uint8_t>(i), door, false);
        ++counts_.leases_asked;
    });
}

void ClientEngine::send_lease(std::uint8_t socket, io::Endpoint door, bool release) noexcept {
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    ByteWriter writer{buffer};
    wire::begin_datagram(writer, header(wire::PacketKind::Lease));
    wire::encode_lease(writer, {.release = release});
    if (!wire::end_datagram(writer)) return;
    if (!sockets_[socket].socket->send(door, writer.written())) ++counts_.send_failures;
}

SourceStatus ClientEngine::status_of(const path::SourceStream& stream,
                                     TimePoint now) const noexcept {
    SourceStatus status{.source = stream.source(),
                        .epoch = stream.epoch(),
                        .alive = policy_.alive(stream.source(), now),
                        .whole = stream.whole(),
                        .counters = stream.counters(),
                        .beat = stream.last_beat(),
                        .hold = stream.hold(),
                        .limit = policy_.limit(stream.source())};
    if (const auto* gaps = policy_.gaps(stream.source())) {
        status.gap_p999 = gaps->quantile(0.999);
        status.closest_call = gaps->max();
    }
    return status;
}

void ClientEngine::publish(TimePoint now, TimePoint woke) noexcept {
    ++counts_.turns;
    counts_.longest_turn = std::max(counts_.longest_turn, clock_.now() - woke);
    if (now < next_publish_ && !finished_) return;
    if (last_write_ >= woke && now < publish_by_ && !finished_) {
        next_publish_ = now + kPublishRetry;
        return;
    }
    next_publish_ = now + kPublishInterval;
    publish_by_ = next_publish_ + kPublishPatience;
    counts_.source_count = 0;
    for (const auto& source : sources_) {
        const auto& stream = *source.stream;
        if (!stream.heard()) continue;
        counts_.sources[counts_.source_count++] = status_of(stream, now);
    }
    counts_.active = active_ != nullptr ? active_->stream->source() : SourceId{};
    counts_.appointment = policy_.appointment();
    counts_.output = output_.counters();
    counts_.corrections = recover_.corrections();
    counts_.pairing = pairing_.counters();
    counts_.withheld = pickup_.withheld();
    counts_.port_open = port_ != nullptr;
    counts_.pipeline = port_pipeline_.fingerprint();
    counts_.focus = seat_.focus();
    counts_.has_focus = seat_.holds(now);
    counts_.feedback = feedback_.counters();
    counts_.inquiries_answered = feedback_.responder().answered();
    counts_.inquiries_unanswered = feedback_.responder().unanswered();
    counts_.loops = feedback_.loops();
    status_.publish(counts_);
    if (switched_ && options_.attention != nullptr) options_.attention->wake();
    switched_ = false;
}

}  // namespace midinet::engine
