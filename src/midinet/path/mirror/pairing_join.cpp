// How a lane that does not know its place in what was played finds it: Pairing's other half.
#include "path/mirror/pairing.hpp"

#include <algorithm>
#include <utility>

namespace midinet::path {
namespace {

constexpr unsigned kRun = Anteroom::Samples::capacity();

}  // namespace

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
        if (alignment.found()) {  // what comes will tell which, or whether
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
