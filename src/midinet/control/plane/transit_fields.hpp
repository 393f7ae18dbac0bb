// The keys of a client's transits. Private to message.cpp.
#pragma once

#include "control/plane/archive.hpp"
#include "control/plane/message.hpp"
#include "control/plane/transit.hpp"

namespace midinet::control::plane {

template <typename A>
void fields(A& a, typename A::template Of<TransitStatus>& s) {
    a.id("id", s.id.value, kClientBit);
    a.number("p999", s.p99_9_us);
    a.number("max", s.max_us);
    a.numbers("n", s.counts);
}

}  // namespace midinet::control::plane
