// Where the hosts of one source answer questions.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/time.hpp"
#include "path/types.hpp"

#include <algorithm>

namespace midinet::engine {

/// The places a source was heard from lately. Bounded; an old datagram, sent again by whoever
/// likes to, adds nobody, so that questions keep going where answers come from. RT-safe.
class Peers {
  public:
    static constexpr std::size_t kMax = 4;
    /// A peer silent this long is not asked any more.
    static constexpr Duration kMemory = 1s;

    /// `current`: what was heard is recent by the source's own clock.
    void remember(path::Peer peer, bool current, TimePoint now) noexcept {
        for (auto& heard : heard_)
            if (heard.peer == peer) {
                heard.last = now;
                return;
            }
        if (!current && !heard_.empty()) return;
        if (heard_.push_back({peer, now})) return;
        *std::min_element(heard_.begin(), heard_.end(), [](const Heard& a, const Heard& b) {
            return a.last < b.last;
        }) = {peer, now};
    }
    template <typename Each>
    void for_each(TimePoint now, Each each) const noexcept {
        for (const auto& heard : heard_)
            if (now - heard.last <= kMemory) each(heard.peer);
    }
    void clear() noexcept { heard_.clear(); }

  private:
    struct Heard {
        path::Peer peer;
        TimePoint last;
    };
    FixedVector<Heard, kMax> heard_;
};

}  // namespace midinet::engine
