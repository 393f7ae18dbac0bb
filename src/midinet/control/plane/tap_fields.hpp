// The keys of a monitor's messages. Private to message.cpp.
#pragma once

#include "control/plane/archive.hpp"
#include "control/plane/tap.hpp"

namespace midinet::control::plane {

template <>
inline constexpr std::array<std::string_view, kTapPoints> kWords<TapPoint>{"in", "out", "delivered",
                                                                           "lights"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<TapAnswer>{"live", "refused"};

template <typename A>
void fields(A& a, typename A::template Of<Tap>& t) {
    a.id("id", t.id);
    a.id("from", t.from.value);
    a.id("to", t.to.value);
    a.number("n", t.again);
    a.number("p", t.points, kAllTaps);
}

template <typename A>
void fields(A& a, typename A::template Of<TapReport>& r) {
    a.id("id", r.tap);
    a.id("from", r.from.value);
    a.number("run", r.run);
    a.number("n", r.number);
    a.word("o", r.answer);
    a.text("why", r.why);
    a.number("sum", r.before);
    a.number("drop", r.dropped);
    a.number("at", r.sent_us);
    a.number("p", r.points, kAllTaps);
    a.bytes("ev", r.events);
}

}  // namespace midinet::control::plane
