#include "path/mirror/pairing.hpp"

#include "base/verify.hpp"

#include <algorithm>

namespace midinet::path {
namespace {

bool ends_note(const wire::Event& event) noexcept {
    return event.kind == wire::EventKind::Message && event.message.is_channel_message() &&
           event.message.is_note_off();
}

}  // namespace

Pairing::Pairing(const PairingOptions& options, EventSink& next) : options_(options), next_(next) {
    options_.lanes = std::clamp(options_.lanes, 1U, kMaxLanes);
}

void Pairing::take(LaneId id, const Arrival& arrival) noexcept {
    if (!MIDINET_VERIFY(id.value < options_.lanes && arrival.event.port.value < kMaxPorts)) return;
    auto& lane = lanes_[id.value];
    const auto track = track_of(arrival.event);
    lane.health.lives = true;
    latest_ = std::max(latest_, arrival.came);
    if (lane.places[track].joined) return bring(lane, track, arrival);
    lane.anteroom.put(arrival, track);
    if (!is_carried(track, lane)) take_over(lane, track);
}

void Pairing::lose(LaneId id, PortIndex port, TimePoint now) noexcept {
    if (!MIDINET_VERIFY(id.value < options_.lanes && port.value < kMaxPorts)) return;
    auto& lane = lanes_[id.value];
    for (const auto track : {2U * port.value, 2U * port.value + 1}) {
        auto& place = lane.places[track];
        if (!place.joined || is_carried(track, lane))
            wait(lane, track, now);
        else
            miss(lane, track, now);
    }
}

void Pairing::restart(LaneId id, TimePoint now) noexcept {
    if (!MIDINET_VERIFY(id.value < kMaxLanes)) return;
    auto& lane = lanes_[id.value];
    lane.anteroom.clear();
    lane.places.fill({.since = now});
    lane.fell_silent = false;
}

void Pairing::reset(TimePoint now) noexcept {
    for (auto& track : tracks_) track.clear();
    for (const auto& lane : lanes_) restart(id_of(lane), now);
    uncertain_ = false;
}

void Pairing::set_health(LaneId id, Health health) noexcept {
    if (!MIDINET_VERIFY(id.value < options_.lanes)) return;
    auto& lane = lanes_[id.value];
    lane.fell_silent = lane.fell_silent || (lane.health.lives && !health.lives);
    lane.health = health;
}

bool Pairing::in_step(LaneId id, PortIndex port, TimePoint now) noexcept {
    if (!MIDINET_VERIFY(id.value < options_.lanes && port.value < kMaxPorts)) return false;
    auto& lane = lanes_[id.value];
    const unsigned track = 2U * port.value;
    auto& place = lane.places[track];
    if (!place.joined) return tracks_[track].is_untold() && !lane.anteroom.latest(track);
    pass(lane, track, now);
    return place.next == tracks_[track].end();
}

void Pairing::begin_with(LaneId id, PortIndex port, TimePoint moment) noexcept {
    if (!MIDINET_VERIFY(id.value < options_.lanes && port.value < kMaxPorts)) return;
    auto& lane = lanes_[id.value];
    const unsigned track = 2U * port.value;
    if (!lane.places[track].joined && tracks_[track].is_untold())
        join(lane, track, tracks_[track].end());
    tracks_[track].tell(moment);
}

/// Whether a living lane other than `but` knows its place there.
bool Pairing::is_carried(unsigned track, const Lane& but) const noexcept {
    return std::any_of(lanes_.begin(), lanes_.end(), [&](const Lane& lane) {
        return &lane != &but && lane.health.lives && lane.places[track].joined;
    });
}

bool Pairing::is_quiet(unsigned track, const Lane& lane, TimePoint now) const noexcept {
    const auto since = now - options_.quiet;
    if (!tracks_[track].empty() && tracks_[track].back().came > since) return false;
    const bool settled = std::all_of(lanes_.begin(), lanes_.end(), [](const Lane& other) {
        return !other.health.lives || other.health.settled;
    });
    const auto latest = lane.anteroom.latest(track);
    return settled && lane.places[track].since <= since && (!latest || *latest <= since);
}

/// The lane does not know its place, and has brought nothing yet.
void Pairing::wait(Lane& lane, unsigned track, TimePoint now) noexcept {
    lane.anteroom.clear(track);
    lane.places[track] = {.since = now};
}

/// A lane that was silent may have been stopped: what it had no chance to say comes only now.
void Pairing::wait_anew(Lane& lane, TimePoint now) noexcept {
    for (auto& place : lane.places)
        if (!place.joined) place.since = now;
}

/// What the lane lost nobody is known to have brought.
void Pairing::miss(Lane& lane, unsigned track, TimePoint now) noexcept {
    lane.places[track].doubted = now;
    tracks_[track].interrupt();
}

void Pairing::bring(Lane& lane, unsigned track, const Arrival& arrival) noexcept {
    auto& place = lane.places[track];
    auto& played = tracks_[track];
    if (place.next < played.begin()) {  // it was stopped for longer than is remembered
        if (is_carried(track, lane)) return wait(lane, track, arrival.came);
        place.next = played.begin();
    }
    pass(lane, track, arrival.came);
    if (place.next == played.end()) return play(lane, track, arrival);
    auto& entry = played[place.next];
    if (entry.what != Likeness{arrival.event}) return contradict(lane, track, arrival);
    entry.is_brought_by(id_of(lane));
    ++place.next;
    ++counters_.second;
}

/// Passes over what the lane has brought out of turn, and what it is not expected to bring.
void Pairing::pass(Lane& lane, unsigned track, TimePoint now) noexcept {
    auto& place = lane.places[track];
    const auto& played = tracks_[track];
    place.next = std::max(place.next, played.begin());
    for (; place.next != played.end(); ++place.next) {
        const auto& entry = played[place.next];
        if (entry.was_brought_by(id_of(lane))) continue;
        if (entry.came > place.doubted || entry.came >= now - options_.window) return;
        ++counters_.unpaired;
    }
}

void Pairing::contradict(Lane& lane, unsigned track, const Arrival& arrival) noexcept {
    ++counters_.contradictions;
    auto& place = lane.places[track];
    auto& played = tracks_[track];
    // Far behind, it was stopped, and then its device kept not all: what is new cannot be told.
    if (played[place.next].came < arrival.came - options_.window && is_carried(track, lane))
        return wait(lane, track, arrival.came);
    if (arrival.came < latest_ - options_.window) {  // it waited for longer than anybody is late
        uncertain_ = true;
        return;
    }
    place.doubted = arrival.came;
    // What it brings may be what was missed there, and comes late.
    uncertain_ = uncertain_ || place.guessed || played[place.next].after_interruption;
    const Likeness what{arrival.event};
    for (auto at = place.next; at != played.end(); ++at) {
        auto& entry = played[at];
        if (entry.was_brought_by(id_of(lane)) || entry.what != what) continue;
        entry.is_brought_by(id_of(lane));
        ++counters_.second;
        // Perhaps it is not the same after all, and rather a key is released twice than not at all.
        if (ends_note(arrival.event)) next_.on_event(arrival.event, arrival.when);
        return;
    }
    play(lane, track, arrival);
}

void Pairing::play(Lane& lane, unsigned track, const Arrival& arrival) noexcept {
    auto& place = lane.places[track];
    auto& played = tracks_[track];
    const bool in_step = place.next == played.end();
    played.append(Likeness{arrival.event}, arrival.came, arrival.when, id_of(lane));
    if (in_step) place.next = played.end();
    ++counters_.first;
    next_.on_event(arrival.event, arrival.when);
}

}  // namespace midinet::path
