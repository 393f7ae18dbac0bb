// The keys of a machine's status. Private to message.cpp.
#pragma once

#include "control/plane/archive.hpp"
#include "control/plane/machine.hpp"
#include "control/plane/message.hpp"

namespace midinet::control::plane {

template <typename A>
void fields(A& a, typename A::template Of<DiskSpace>& d) {
    a.text("p", d.path);
    a.number("t", d.total);
    a.number("a", d.available);
    a.number("d", d.device);
}

// Two letters: six of these must fit beside everything else.
template <typename A>
void fields(A& a, typename A::template Of<InterfaceTraffic>& i) {
    a.text("n", i.name);
    a.number("s", i.speed_mbit);
    a.number("rb", i.received_bytes);
    a.number("rp", i.received_packets);
    a.number("re", i.received_errors);
    a.number("rd", i.received_dropped);
    a.number("sb", i.sent_bytes);
    a.number("sp", i.sent_packets);
    a.number("se", i.sent_errors);
    a.number("sd", i.sent_dropped);
}

template <typename A>
void fields(A& a, typename A::template Of<MachineStatus>& s) {
    a.id("id", s.id.value);
    a.require(s.id.value <= kMostHostId || s.id.value >= kClientBit);
    a.text("name", s.name);
    a.number("mach", s.machine);
    a.maybe_number("cpu", s.cpu, MachineStatus::kWholeCpu);
    a.maybe_number("load", s.load_percent);
    a.number("cores", s.cores);
    a.number("mt", s.memory_total);
    a.number("ma", s.memory_available);
    a.number("temp", s.temperature);
    a.number("up", s.uptime_s);
    a.some("disk", s.disk);
    a.list("if", s.interfaces);
}

}  // namespace midinet::control::plane
