// So many in a while, from each address.
#pragma once

#include "base/time.hpp"
#include "io/ip_address.hpp"

#include <map>

namespace midinet::admin {

/// A token bucket for each address. Bounded: when it is full, the one that spoke longest ago is
/// forgotten. Pure. Thread: one.
class RateLimit {
  public:
    static constexpr std::size_t kMostSources = 1024;
    struct Rule {
        unsigned at_once = 1;  ///< after a pause
        Duration each = 1s;    ///< one more after this long
    };
    explicit RateLimit(Rule rule) noexcept : rule_(rule) {}

    /// Takes one. Zero: it may; else how long until it may.
    Duration take(const io::IpAddress& from, TimePoint now);
    /// How long until it may; takes nothing.
    Duration wait(const io::IpAddress& from, TimePoint now) const;

  private:
    /// When the bucket is full again: one time says it all.
    std::map<io::IpAddress, TimePoint> full_at_;
    Rule rule_;
};

}  // namespace midinet::admin
