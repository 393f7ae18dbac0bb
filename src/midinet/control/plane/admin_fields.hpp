// The keys of a midi-admin's status. Private to message.cpp.
#pragma once

#include "control/plane/admin.hpp"
#include "control/plane/archive.hpp"
#include "control/plane/message.hpp"

namespace midinet::control::plane {

template <typename A>
void fields(A& a, typename A::template Of<ConfigMark>& c) {
    a.number("ag", c.agreement);
    a.number("ch", c.changed_ms, ConfigMark::kLatest);
    a.flag("bad", c.broken);
}

template <typename A>
void fields(A& a, typename A::template Of<AdminStatus>& s) {
    a.id("id", s.id.value, kClientBit);
    a.text("name", s.name);
    a.text("ver", s.version);
    a.number("up", s.uptime_ms);
    a.text("at", s.listen);
    a.flag("tls", s.tls);
    a.some("cfg", s.config);
    a.flag("bye", s.leaving);
}

}  // namespace midinet::control::plane
