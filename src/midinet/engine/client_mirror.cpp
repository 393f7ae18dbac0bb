// The client engine's third part: one performance that several hosts send (topology *mirror*).
#include "engine/client_engine.hpp"
#include "engine/client_store.hpp"

#include <algorithm>

namespace midinet::engine {
namespace {

/// For so long a correction waits for the host that knows most to be in step with what was played.
constexpr Duration kStepPatience = 50ms;
/// For so long the events of a host that joins wait for another host to bring one of them. Of what
/// was played before that an equal event is not taken for the same.
constexpr Duration kJoinPatience = 50ms;

/// How often what was played is compared with a mirror's state, while they play.
constexpr Duration kCompareInterval = 50ms;

}  // namespace

path::LaneId ClientEngine::lane_of(const Source& source) const noexcept {
    return path::LaneId{static_cast<std::uint8_t>(&source - sources_.data())};
}

/// Whether its events are paired with others'.
bool ClientEngine::is_joint(const Source& source) const noexcept {
    if (is_active(source)) return source.part == Part::Mirror || !source.waiting.empty();
    return source.part == Part::Mirror && active_ != nullptr && active_->part == Part::Mirror;
}

bool ClientEngine::has_mirrors() const noexcept {
    return std::any_of(sources_.begin(), sources_.end(),
                       [](const Source& source) { return source.part == Part::Mirror; });
}

/// Whether another host than the active one goes on with the same performance.
bool ClientEngine::is_mirrored(TimePoint now) const noexcept {
    return std::any_of(sources_.begin(), sources_.end(), [&](const Source& source) {
        return !is_active(source) && source.stream->heard() && is_joint(source) &&
               policy_.alive(source.stream->source(), now);
    });
}

bool ClientEngine::is_accompanied(const Source& source) const noexcept {
    return std::any_of(sources_.begin(), sources_.end(), [&](const Source& other) {
        return &other != &source && other.stream->heard() && is_joint(other) &&
               policy_.alive(other.stream->source(), now_);
    });
}

/// A host that comes into a performance that goes on does not know what was played just before, and
/// the others, where they trail it, have yet to bring that. So what it leads with waits until one
/// of them has brought as much.
bool ClientEngine::must_wait(Source& source, const wire::Event& event) noexcept {
    if (!source.joining || path::is_tick(event)) return false;
    if (source.waiting.empty()) source.joins_by = now_ + kJoinPatience;
    source.joining = is_accompanied(source) &&
                     pairing_.goes_on_without(lane_of(source), pairing_time()) &&
                     !pairing_.joins_behind(lane_of(source), event, pairing_time() - kJoinPatience);
    return source.joining;
}

/// `bringer` has just brought `event`: who waits with the same is in step.
void ClientEngine::let_join(const Source& bringer, const wire::Event& event) noexcept {
    for (auto& source : sources_) {
        if (&source == &bringer || !source.joining || !source.waiting.holds(event)) continue;
        source.joining = false;
        pairing_.joins_ahead(lane_of(source));
    }
}

void ClientEngine::on_event(Source& source, const wire::Event& event, TimePoint when) noexcept {
    if (!is_joint(source)) {
        if (!is_active(source)) return;
        // It may turn out to be a mirror: others' events are then copies of its own, and where
        // mirrors were played its own may be copies of theirs.
        const bool copy = source.part == Part::Unknown &&
                          !pairing_.first(lane_of(source), event, pairing_time()) && has_mirrors();
        if (!copy) play_event(event, when);
    } else if (source.waiting.keep(event, when, source.stream->sysex(), must_wait(source, event))) {
        pairing_.hold(lane_of(source), event);
    } else {
        play_first_copy(source, event, when);
    }
}

void ClientEngine::play_first_copy(const Source& source, const wire::Event& event,
                                   TimePoint when) noexcept {
    if (!pairing_.first(lane_of(source), event, pairing_time())) return;
    let_join(source, event);
    play_event(event, when);
    if (pairing_.closing().empty()) return;
    recover_.on_event({.port = event.port, .time_us = event.time_us, .message = pairing_.closing()},
                      when);
}

void ClientEngine::pump_lanes() noexcept {
    for (auto& source : sources_) {
        if (source.waiting.empty()) continue;
        source.joining = source.joining && now_ < source.joins_by && is_accompanied(source);
        if (source.joining) continue;
        source.waiting.pump(source.stream->sysex(), [&](const wire::Event& event, TimePoint when) {
            if (is_joint(source)) play_first_copy(source, event, when);
        });
    }
}

/// From one host to another of the same performance. While the old one lives nothing was missed.
/// When it died, what only it has brought may have to be mended.
void ClientEngine::change_lane(Source& source, TimePoint now) noexcept {
    const bool died = silenced_ || !policy_.alive(active_->stream->source(), now);
    if (died) active_->waiting.clear();
    active_ = &source;
    silenced_ = false;
    if (died) resync(options_.fresh_notes, now);
}

/// The host by whose state the port may be corrected now. It must be in step: all that was played
/// it has brought too, or its state would be that of a moment ago. Among those the one that
/// performs for longest knows most; `impatient`: of those that are in step.
const ClientEngine::Source* ClientEngine::in_step(bool impatient, TimePoint now) noexcept {
    const Source* best = nullptr;
    bool best_owes = true;
    for (const auto& source : sources_) {
        const auto& stream = *source.stream;
        if (!stream.heard() || !stream.whole() || !is_joint(source) ||
            !policy_.alive(stream.source(), now))
            continue;
        const bool owes = !source.waiting.empty() || pairing_.owes(lane_of(source), pairing_time());
        if (owes && impatient) continue;
        if (best != nullptr && stream.stream_time(now) <= best->stream->stream_time(now)) continue;
        best = &source;
        best_owes = owes;
    }
    return best_owes ? nullptr : best;
}

void ClientEngine::settle(TimePoint now) noexcept {
    if (!resync_due_) return;
    const Source* source = in_step(now - resync_asked_ >= kStepPatience, now);
    if (source == nullptr) return;
    resync_due_ = false;
    correct(*source, resync_fresh_, now);
}

/// Equal events of a mirror that returned, or that lost something, may be paired with the wrong
/// ones and so be played in another order, after which a note or a value can be another than any
/// mirror's. No stream's digest shows that: it is seen here, as soon as the mirror that knows most
/// is in step.
void ClientEngine::compare_mirrors(TimePoint now) noexcept {
    const auto brought = pairing_.counters().first + pairing_.counters().second;
    if (brought == compared_ || now < next_compare_ || resync_due_ || silenced_ ||
        active_ == nullptr || active_->part != Part::Mirror)
        return;
    const Source* source = in_step(false, now);
    if (source == nullptr || !pairing_.knows_all(lane_of(*source))) return;
    compared_ = brought;
    next_compare_ = now + kCompareInterval;
    correct(*source, options_.fresh_notes, now);
}

void ClientEngine::correct(const Source& source, Duration fresh, TimePoint now) noexcept {
    correcting_ = source.part != Part::Alone ? &source : nullptr;
    recover_.resync(source.stream->truth(), {.fresh = fresh, .values = !values_kept_},
                    source.stream->stream_time(now), now);
    correcting_ = nullptr;
}

/// What recover_ gives, on its way to the port: of corrections the other hosts may bring copies.
void ClientEngine::on_event(const wire::Event& event, TimePoint when) noexcept {
    if (correcting_ != nullptr) pairing_.played(lane_of(*correcting_), event, pairing_time());
    playout_.on_event(event, when);
}

path::SysExStore::Readiness ClientEngine::Store::readiness(const wire::SysExExtent& extent,
                                                           PortIndex port) const noexcept {
    if (engine_.active_ == nullptr || port.value >= kMaxPorts) return Readiness::Lost;
    const auto& own = engine_.active_->stream->sysex();
    const auto own_readiness = own.readiness(extent, port);
    chosen_[port.value] = &own;
    for (const auto& source : engine_.sources_) {
        if (own_readiness == Readiness::Complete) break;
        if (source.part != Part::Mirror || engine_.active_->part != Part::Mirror) continue;
        if (source.stream->sysex().readiness(extent, port) != Readiness::Complete) continue;
        chosen_[port.value] = &source.stream->sysex();
        return Readiness::Complete;
    }
    return own_readiness;
}

std::optional<ByteView> ClientEngine::Store::fragment(Sequence sequence,
                                                      PortIndex port) const noexcept {
    if (port.value >= kMaxPorts || chosen_[port.value] == nullptr) return std::nullopt;
    return chosen_[port.value]->fragment(sequence, port);
}

}  // namespace midinet::engine
