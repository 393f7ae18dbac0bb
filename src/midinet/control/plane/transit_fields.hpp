// The keys of a client's transits. Private to message.cpp.
#pragma once

#include "control/plane/archive.hpp"
#include "control/plane/message.hpp"
#include "control/plane/transit.hpp"

namespace midinet::control::plane {

template <typename A>
void fields(A& a, typename A::template Of<RecentTransit>& r) {
    a.number("c", r.count);
    a.number("p50", r.p50_us);
    a.number("p95", r.p95_us);
    a.number("p99", r.p99_us);
}

template <typename A>
void fields(A& a, typename A::template Of<TransitStatus>& s) {
    a.id("id", s.id.value, kClientBit);
    a.number("p999", s.p99_9_us);
    a.number("max", s.max_us);
    a.numbers("n", s.counts);
    a.maybe("rec", s.recent);
}

}  // namespace midinet::control::plane
