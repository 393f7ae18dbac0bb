// Where a lane's whole backlog belongs in what was played.
#pragma once

#include "path/mirror/anteroom.hpp"
#include "path/mirror/track.hpp"

#include <algorithm>
#include <span>

namespace midinet::path {

/// Lays what waits over what was played in every way in which they overlap, and finds where they
/// agree best. Either may begin before the other: a lane may bring again what was sent before we
/// listened. They must agree where the overlap ends, and back from there as far as can be. The more
/// events agree, the better; where that tells nothing, rather all than some, and then the nearer in
/// time. Pure.
class BestFit {
  public:
    /// Cost: O(waiting + played) where events differ, and kEnough times that where all are alike.
    BestFit(std::span<const Anteroom::Sample> waiting, const Track& played,
            Duration window) noexcept {
        const auto known = static_cast<std::size_t>(played.end() - played.begin());
        for (std::size_t end = 1; end < waiting.size() + known; ++end)
            lay({.waiting = waiting.first(std::min(end, waiting.size())),
                 .played = played,
                 .end = played.end() - (end > waiting.size() ? end - waiting.size() : 0)},
                window);
    }
    bool found() const noexcept { return agreeing_ > 0; }
    /// No other place is as good but for when its events came. Precondition: found().
    bool unique() const noexcept { return unique_; }
    /// So many agree that it is no chance.
    bool sure() const noexcept { return unique_ && weight(agreeing_) == weight(kEnough); }
    /// How much of what waits comes before what agrees.
    std::size_t skip() const noexcept { return skip_; }
    /// Where the first one that agrees belongs.
    Track::Position place() const noexcept { return place_; }

  private:
    /// So many that agree are no chance; more are not counted.
    static constexpr std::size_t kEnough = 256;
    struct Overlap {
        std::span<const Anteroom::Sample> waiting;  ///< up to its end
        const Track& played;
        Track::Position end;
    };
    /// Below it the number of events says little.
    static std::size_t weight(std::size_t agreeing) noexcept {
        return std::min<std::size_t>(agreeing / 4, 2);
    }
    void lay(const Overlap& overlap, Duration window) noexcept {
        const auto& [waiting, played, end] = overlap;
        const auto most = static_cast<std::size_t>(
            std::min<Track::Position>({waiting.size(), end - played.begin(), kEnough}));
        std::size_t agreeing = 0;
        Duration apart{};  // of their own moments
        Duration came_apart{};
        for (; agreeing < most; ++agreeing) {
            const auto& sample = waiting[waiting.size() - 1 - agreeing];
            const auto& entry = played[end - 1 - agreeing];
            // After an outage all that was sent meanwhile comes late, and after a stall of our own
            // all comes at once; a fresh estimate of a host's clock may be wrong.
            const Duration moments = std::chrono::abs(entry.when - sample.when);
            const Duration arrivals = std::chrono::abs(entry.came - sample.came);
            if (entry.what != sample.what || std::min(moments, arrivals) > window) break;
            apart = std::max(apart, moments);
            came_apart = std::max(came_apart, arrivals);
        }
        const bool doubtful = weight(agreeing) == 0 && std::max(apart, came_apart) > window;
        if (agreeing == 0 || doubtful) return;
        const auto worth = 2 * weight(agreeing) + (agreeing == most ? 1 : 0);
        if (found() && worth < worth_) return;
        unique_ = !found() || worth > worth_;
        if (!unique_ && apart >= apart_) return;
        worth_ = worth;
        agreeing_ = agreeing;
        apart_ = apart;
        skip_ = waiting.size() - agreeing;
        place_ = end - agreeing;
    }

    std::size_t agreeing_ = 0;
    std::size_t worth_ = 0;
    Duration apart_{};
    std::size_t skip_ = 0;
    Track::Position place_ = 0;
    bool unique_ = false;
};

}  // namespace midinet::path
