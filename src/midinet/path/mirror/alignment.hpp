// Where in what was played a run of events belongs.
#pragma once

#include "path/mirror/anteroom.hpp"
#include "path/mirror/track.hpp"

#include <algorithm>

namespace midinet::path {

/// The places of a track at which a run could stand: every event of the run that has a counterpart
/// there equals it, and came no more than the window before or after it. Pure.
class Alignment {
  public:
    /// Cost: O(length of the track) where events differ.
    Alignment(const Anteroom::Samples& run, const Track& track, Duration window) noexcept {
        if (run.empty()) return;
        for (auto at = track.begin(); at != track.end(); ++at) {
            const auto apart = distance(run, track, at, window);
            if (apart <= window) add(at, apart);
        }
    }

    /// Whether the run can stand somewhere with all its events.
    static bool holds(const Anteroom::Samples& run, const Track& track, Duration window) noexcept {
        for (auto at = track.begin(); at + run.size() <= track.end(); ++at)
            if (distance(run, track, at, window) <= window) return true;
        return false;
    }
    bool found() const noexcept { return places_ > 0; }
    bool unique() const noexcept { return places_ == 1; }
    /// Of several places one is much nearer in time than all others. It tells events apart that are
    /// all alike, where their rhythm does.
    bool clear() const noexcept { return unique() || (found() && 4 * nearest_by_ <= next_by_); }
    /// Of the places the one where no event is far from its counterpart in time. Precondition:
    /// found().
    Track::Position nearest() const noexcept { return nearest_; }

  private:
    /// The most that an event of the run is apart in time from its counterpart; more than the
    /// window where it cannot stand there.
    static Duration distance(const Anteroom::Samples& run, const Track& track, Track::Position at,
                             Duration window) noexcept {
        Duration most{};
        for (std::size_t i = 0; i < run.size() && at + i < track.end(); ++i) {
            const auto& entry = track[at + i];
            most = std::max<Duration>(most, std::chrono::abs(entry.came - run[i].came));
            if (entry.what != run[i].what || most > window) return Duration::max();
        }
        return most;
    }
    void add(Track::Position at, Duration apart) noexcept {
        ++places_;
        if (apart < nearest_by_) {
            next_by_ = nearest_by_;
            nearest_by_ = apart;
            nearest_ = at;
        } else {
            next_by_ = std::min(next_by_, apart);
        }
    }

    unsigned places_ = 0;
    Track::Position nearest_ = 0;
    Duration nearest_by_ = Duration::max();
    Duration next_by_ = Duration::max();  ///< the next nearest
};

}  // namespace midinet::path
