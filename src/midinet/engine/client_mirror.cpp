// The client engine's third part: one performance that several hosts send (topology *mirror*).
#include "engine/client_engine.hpp"
#include "engine/client_lane.hpp"
#include "engine/client_store.hpp"

#include <algorithm>

namespace midinet::engine {
namespace {

/// For so long a correction waits for the host that knows most to be in step with what was played.
constexpr Duration kStepPatience = 50ms;
/// Hosts that were started so shortly after each other may have heard the same event first.
constexpr Duration kTogether = 40ms;

}  // namespace

path::LaneId ClientEngine::lane_of(const Source& source) const noexcept {
    return path::LaneId{static_cast<std::uint8_t>(&source - sources_.data())};
}

/// Whether its events are paired with others'. One that is or was played and has said nothing about
/// itself yet may turn out to be a mirror.
bool ClientEngine::is_joint(const Source& source) const noexcept {
    if (is_active(source)) return source.part != Part::Alone || !source.waiting.empty();
    const bool mirrors =
        source.part == Part::Mirror || (source.part == Part::Unknown && source.played);
    return mirrors && active_ != nullptr && active_->part == Part::Mirror;
}

/// Whether another host than the active one goes on with the same performance.
bool ClientEngine::is_mirrored(TimePoint now) const noexcept {
    return std::any_of(sources_.begin(), sources_.end(), [&](const Source& source) {
        return !is_active(source) && source.stream->heard() && is_joint(source) &&
               policy_.alive(source.stream->source(), now);
    });
}

void ClientEngine::Lane::on_lane_event(const wire::Event& event, TimePoint when,
                                       TimePoint came) noexcept {
    engine_.pairing_.take(engine_.lane_of(source_), {event, when, came});
}

void ClientEngine::Lane::on_lane_loss(PortIndex port) noexcept {
    engine_.pairing_.lose(engine_.lane_of(source_), port, engine_.pairing_time());
}

/// A host whose device is gone has nothing to bring, however well it lives. One that comes to life
/// may know what those that lived before did not.
void ClientEngine::Lane::tell_health() noexcept {
    const auto& stream = *source_.stream;
    const auto& beat = stream.last_beat();
    const auto id = engine_.lane_of(source_);
    const bool absent =
        beat.source == stream.source() && (beat.flags & wire::heartbeat_flags::kDevicePresent) == 0;
    const bool lives = stream.heard() && !absent && engine_.is_joint(source_) &&
                       engine_.policy_.alive(stream.source(), engine_.now_);
    if (lives && !lived_ && source_.part == Part::Mirror)
        engine_.resync(engine_.options_.fresh_notes, engine_.now_);
    lived_ = lives;
    engine_.pairing_.set_health(
        id, {.lives = lives, .settled = stream.settled() && source_.waiting.empty()});
}

void ClientEngine::on_event(Source& source, const wire::Event& event, TimePoint when) noexcept {
    if (is_joint(source)) {
        if (std::exchange(source.left_out, false)) {
            pairing_.restart(lane_of(source), pairing_time());
            if (source.part == Part::Mirror) resync(kAnyAge, now_);
        }
        // Until it is known for a mirror nothing of it waits: its state is taken for what was
        // played.
        if (source.part == Part::Unknown)
            source.lane->on_lane_event(event, when, pairing_time());
        else
            source.waiting.take(event, when, pairing_time(), source.stream->sysex(), *source.lane);
    } else if (is_active(source)) {
        play_event(event, when);
    } else {
        source.left_out = true;
    }
}

void ClientEngine::pump_lanes() noexcept {
    for (auto& source : sources_) {
        if (!source.stream->heard() && !pairing_.lives(lane_of(source))) continue;
        source.waiting.pump(source.stream->sysex(), *source.lane);
        source.lane->tell_health();
    }
    pairing_.on_timer(pairing_time());
    if (pairing_.was_uncertain() && active_ != nullptr && active_->part == Part::Mirror)
        resync(options_.fresh_notes, now_);
}

/// From one host to another of the same performance: nothing was missed, unless all were silent
/// before, or the old one was no mirror after all.
void ClientEngine::change_lane(Source& source, TimePoint now) noexcept {
    if (!policy_.alive(active_->stream->source(), now)) active_->waiting.clear(*active_->lane);
    const bool uncertain = std::exchange(silenced_, false) || active_->part == Part::Unknown;
    activate(source);
    if (uncertain) resync(options_.fresh_notes, now);
}

/// How long its host performs.
Duration ClientEngine::age(const Source& source, TimePoint now) noexcept {
    return path::at_stream_time({}, source.stream->stream_time(now)) - TimePoint{};
}

/// Whether `a` knows more of the performance than `b`: it performs for longer, or, where the two
/// began together, can tell more of it.
bool ClientEngine::knows_more(const Source& a, const Source& b, PortIndex port,
                              TimePoint now) const noexcept {
    const auto facts = [&](const Source& source) {
        const auto* state = source.stream->truth().find(port);
        return state != nullptr ? state->facts() : 0;
    };
    const auto older = age(a, now) - age(b, now);
    if (std::chrono::abs(older) > kTogether) return older > Duration{};
    return facts(a) > facts(b);
}

/// The host that knows most of that port; `in_step`: among those that have brought all that was
/// played, for the state of one that has not is that of a moment ago.
const ClientEngine::Source* ClientEngine::knowing(PortIndex port, bool in_step,
                                                  TimePoint now) noexcept {
    const Source* best = nullptr;
    for (const auto& source : sources_) {
        if (!source.stream->whole() || !pairing_.lives(lane_of(source))) continue;
        if (in_step && !keeps_step(source, port)) continue;
        if (best == nullptr || knows_more(source, *best, port, now)) best = &source;
    }
    return best;
}

/// Whether `source` was compared with one of its own age that is not in step: who of the two knows
/// more is seen only when both have brought the same.
bool ClientEngine::is_rivalled(const Source& source, PortIndex port, TimePoint now) noexcept {
    return std::any_of(sources_.begin(), sources_.end(), [&](const Source& other) {
        return &other != &source && other.stream->whole() && pairing_.lives(lane_of(other)) &&
               std::chrono::abs(age(other, now) - age(source, now)) <= kTogether &&
               !keeps_step(other, port);
    });
}

bool ClientEngine::keeps_step(const Source& source, PortIndex port) noexcept {
    return source.waiting.empty() && pairing_.in_step(lane_of(source), port, pairing_time());
}

/// Corrects what is due to be corrected: for good by the host that knows most as soon as it is in
/// step, and until then now and then by the best of those that are.
void ClientEngine::settle(TimePoint now) noexcept {
    const bool impatient = now - resync_asked_ >= kStepPatience;
    if (resync_due_ != 0 && impatient) resync_asked_ = now;
    for (std::uint8_t p = 0; resync_due_ != 0 && p < kMaxPorts; ++p) {
        const PortIndex port{p};
        if ((resync_due_ & 1U << p) == 0) continue;
        const Source* source = knowing(port, false, now);
        if (source == nullptr) continue;
        if (!keeps_step(*source, port)) {
            if (!impatient || (source = knowing(port, true, now)) == nullptr) continue;
        } else if (!is_rivalled(*source, port, now)) {
            resync_due_ &= ~(1U << p);
        } else if (!impatient && (resync_new_ & 1U << p) == 0) {
            continue;
        }
        resync_new_ &= ~(1U << p);
        pairing_.begin_with(lane_of(*source), port, now);
        const auto& stream = *source->stream;
        recover_.resync(port, stream.truth(), restoring(resync_fresh_), stream.stream_time(now),
                        now);
    }
}

void ClientEngine::correct(const Source& source, Duration fresh, TimePoint now) noexcept {
    recover_.resync(source.stream->truth(), restoring(fresh), source.stream->stream_time(now), now);
}

path::SysExStore::Readiness ClientEngine::Store::readiness(const wire::SysExExtent& extent,
                                                           PortIndex port) const noexcept {
    if (engine_.active_ == nullptr || port.value >= kMaxPorts) return Readiness::Lost;
    const auto& own = engine_.active_->stream->sysex();
    const auto own_readiness = own.readiness(extent, port);
    chosen_[port.value] = &own;
    if (own_readiness == Readiness::Complete || engine_.active_->part != Part::Mirror)
        return own_readiness;
    for (const auto& source : engine_.sources_) {
        if (source.part != Part::Mirror) continue;
        if (source.stream->sysex().readiness(extent, port) != Readiness::Complete) continue;
        chosen_[port.value] = &source.stream->sysex();
        return Readiness::Complete;
    }
    // It was whole when its lane brought it: that host restarted, and nothing is left to wait for.
    return Readiness::Lost;
}

std::optional<ByteView> ClientEngine::Store::fragment(Sequence sequence,
                                                      PortIndex port) const noexcept {
    if (port.value >= kMaxPorts || chosen_[port.value] == nullptr) return std::nullopt;
    return chosen_[port.value]->fragment(sequence, port);
}

}  // namespace midinet::engine
