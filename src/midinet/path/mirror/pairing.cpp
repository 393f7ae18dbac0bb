#include "path/mirror/pairing.hpp"

#include "base/verify.hpp"

#include <algorithm>

namespace midinet::path {
namespace {

constexpr unsigned kRun = Anteroom::Samples::capacity();

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

void Pairing::on_timer(TimePoint now) noexcept {
    for (auto& lane : lanes_) {
        if (!lane.health.lives) continue;
        if (std::exchange(lane.fell_silent, false)) wait_anew(lane, now);
        if (now < lane.next_try) continue;
        lane.next_try = now + kTryInterval;
        for (unsigned track = 0; track < kTracks; ++track)
            if (!lane.places[track].joined) try_join(lane, track, now);
    }
}

void Pairing::try_join(Lane& lane, unsigned track, TimePoint now) noexcept {
    const bool waits = lane.anteroom.latest(track).has_value();
    const bool quiet = is_quiet(track, lane, now);
    if (!is_carried(track, lane)) {
        if (waits || quiet) take_over(lane, track);
    } else if (quiet) {
        join_quietly(lane, track);
    } else if (waits) {
        try_by_content(lane, track, now);
    }
}

/// All lanes have brought the same by now: what waits was played, or else it is something that only
/// this lane has got.
void Pairing::join_quietly(Lane& lane, unsigned track) noexcept {
    const auto& played = tracks_[track];
    const auto waiting = lane.anteroom.count(track);
    const auto latest = lane.anteroom.samples(track, waiting - std::min(waiting, kRun));
    if (!is_of_ticks(track) && waiting > 0 && !Alignment::holds(latest, played, options_.window)) {
        join_somewhere(lane, track);
    } else {
        // Of more than a run the oldest may never have been played: it brought them before those
        // began who play.
        const bool missed =
            !is_of_ticks(track) && waiting > kRun &&
            BestFit{lane.anteroom.all(track, backlog_), played, options_.window}.skip() > 0;
        uncertain_ = uncertain_ || missed || lane.places[track].dropped > 0;
        lane.anteroom.clear(track);
        join(lane, track, played.end());
    }
    // Of what came before, and another one plays only now, this one may have brought its own before
    // anybody listened: waited for, it would never be in step.
    auto& place = lane.places[track];
    if (place.joined) place.doubted = latest_;
}

void Pairing::try_by_content(Lane& lane, unsigned track, TimePoint now) noexcept {
    for (unsigned tries = 0; tries < kTriesPerTurn; ++tries) {
        const auto run = lane.anteroom.samples(track);
        if (run.empty() || run[0].came > now - options_.window) return;
        const Alignment alignment{run, tracks_[track], options_.window};
        if (is_of_ticks(track)) {
            const bool rhythm = run.size() >= kRhythm && alignment.clear();
            if (rhythm || alignment.unique()) return join_at(lane, track, 0, alignment.nearest());
        } else if (alignment.unique() && join_confirmed(lane, track, alignment.nearest())) {
            return;
        }
        if (alignment.found() && !alignment.unique()) {  // what comes will tell which
            constexpr auto kHalf = kRun / 2;
            if (run.full() && run[kHalf].came <= now - options_.window)
                lane.anteroom.drop_oldest(track, kHalf);
            return;
        }
        lane.anteroom.drop_oldest(track, 1);
        ++lane.places[track].dropped;
    }
}

/// A few events that agree may be chance where what follows them has no counterpart: all that waits
/// has to agree best at that place, or surely at another one.
bool Pairing::join_confirmed(Lane& lane, unsigned track, Track::Position place) noexcept {
    const BestFit fit{lane.anteroom.all(track, backlog_), tracks_[track], options_.window};
    const bool same = fit.found() && fit.place() == place + fit.skip();
    if (same)
        join_at(lane, track, 0, place);
    else if (fit.sure())
        join_at(lane, track, fit.skip(), fit.place());
    return same || fit.sure();
}

/// With all but the `skip` oldest of what waits.
void Pairing::join_at(Lane& lane, unsigned track, std::size_t skip,
                      Track::Position place) noexcept {
    auto& dropped = lane.places[track].dropped;
    lane.anteroom.drop_oldest(track, static_cast<unsigned>(skip));
    dropped += static_cast<unsigned>(skip);
    uncertain_ = uncertain_ || dropped > 0;
    join(lane, track, place);
}

/// Whether something like it was played there of which the lane has not brought its copy yet. Then
/// this is it.
bool Pairing::is_copy(const Lane& lane, unsigned track, const Arrival& arrival,
                      Stretch stretch) noexcept {
    const Likeness what{arrival.event};
    for (auto at = stretch.from; at != stretch.to; ++at) {
        auto& entry = tracks_[track][at];
        if (entry.what != what || entry.was_brought_by(id_of(lane)) ||
            entry.came < arrival.came - options_.window)
            continue;
        entry.is_brought_by(id_of(lane));
        return true;
    }
    return false;
}

/// All lanes are quiet, and what waits beyond the end only this one has got, or it was played out
/// of turn: by a lane that had to guess its place.
void Pairing::drop_copies(Lane& lane, unsigned track, const BestFit& fit) noexcept {
    auto& played = tracks_[track];
    const auto matched = fit.skip() + (played.end() - fit.place());
    std::size_t nth = 0;
    const auto copies = lane.anteroom.drop_if(track, [&](const Arrival& arrival) {
        if (nth++ < matched) return false;
        return is_copy(lane, track, arrival, {played.begin(), fit.place()});
    });
    counters_.second += copies;
    uncertain_ = uncertain_ || copies > 0;
}

/// A few events that agree may be chance. Then the lane never brings what follows them there, and
/// what is swallowed as its copy was new.
void Pairing::doubt(Lane& lane, unsigned track, const BestFit& fit) noexcept {
    auto& place = lane.places[track];
    if (fit.sure() || !place.joined || place.next == tracks_[track].end()) return;
    place.doubted = latest_;
    place.guessed = true;
    uncertain_ = true;
}

/// Nobody is left who knows what comes next. After an interruption of late the order of what was
/// played was a guess: what stands before the lane's place there, and it has not brought, it may
/// yet bring.
void Pairing::succeed(Lane& lane, unsigned track, const BestFit& fit) noexcept {
    const auto& played = tracks_[track];
    auto guessed = fit.place();
    for (auto at = fit.place(); at != played.begin(); --at) {
        if (played[at - 1].came < latest_ - options_.window) break;
        if (played[at - 1].after_interruption) guessed = at - 1;
    }
    if (guessed == fit.place()) {
        join_at(lane, track, fit.skip(), fit.place());
        return doubt(lane, track, fit);
    }
    std::size_t nth = 0;
    lane.places[track].dropped += lane.anteroom.drop_if(track, [&](const Arrival& arrival) {
        if (nth++ >= fit.skip()) return false;
        (void)is_copy(lane, track, arrival, {guessed, fit.place()});
        return true;
    });
    uncertain_ = true;
    join(lane, track, guessed, latest_);
}

/// Where most of what waits agrees with what was played. Where none of it does, at the end, with
/// what came after all that was played.
void Pairing::join_somewhere(Lane& lane, unsigned track) noexcept {
    auto& played = tracks_[track];
    auto& dropped = lane.places[track].dropped;
    const BestFit fit{lane.anteroom.all(track, backlog_), played, options_.window};
    if (fit.found()) {
        uncertain_ = uncertain_ || !fit.unique();
        if (!is_carried(track, lane)) return succeed(lane, track, fit);
        drop_copies(lane, track, fit);
        return join_at(lane, track, fit.skip(), fit.place());
    }
    dropped += lane.anteroom.drop_if(
        track, [&](const Arrival& arrival) { return played.was_told(arrival.when); });
    if (!is_carried(track, lane)) return join_blindly(lane, track);
    if (!played.empty())
        dropped += lane.anteroom.drop_if(
            track, [&](const Arrival& arrival) { return arrival.came <= played.back().came; });
    uncertain_ = uncertain_ || dropped > 0;
    join(lane, track, played.end());
}

/// Nothing of what waits was played as it was brought, and nobody is left who knows what comes
/// next. What came while another one carried the track is history; all else is new; but what was
/// played of late the lane may yet bring.
void Pairing::join_blindly(Lane& lane, unsigned track) noexcept {
    auto& played = tracks_[track];
    if (!played.empty())
        lane.places[track].dropped += lane.anteroom.drop_if(track, [&](const Arrival& arrival) {
            return arrival.came < played.back().came - options_.quiet;
        });
    const auto now = std::max(latest_, lane.places[track].since);
    auto next = played.end();
    while (next != played.begin() && played[next - 1].came >= now - options_.window) --next;
    uncertain_ = true;
    played.interrupt();
    join(lane, track, next, now);
}

void Pairing::take_over(Lane& lane, unsigned track) noexcept {
    ++counters_.takeovers;
    if (tracks_[track].is_untold()) return join(lane, track, tracks_[track].end());
    join_somewhere(heir(lane, track), track);
}

/// Of all that wait the one that waits longest: it has most to compare with what was played.
Pairing::Lane& Pairing::heir(Lane& lane, unsigned track) noexcept {
    Lane* heir = &lane;
    for (auto& other : lanes_) {
        const auto oldest = other.anteroom.oldest(track);
        const auto best = heir->anteroom.oldest(track);
        if (other.health.lives && oldest && (!best || *oldest < *best)) heir = &other;
    }
    return *heir;
}

void Pairing::join(Lane& lane, unsigned track, Track::Position next, TimePoint doubted) noexcept {
    if (is_carried(track, lane)) ++counters_.joins;
    lane.places[track] = {
        .joined = true, .guessed = doubted != TimePoint{}, .next = next, .doubted = doubted};
    lane.anteroom.drain(track, [&](const Arrival& arrival) {
        if (lane.places[track].joined) bring(lane, track, arrival);
    });
}

}  // namespace midinet::path
