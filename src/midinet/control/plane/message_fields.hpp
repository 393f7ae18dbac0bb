// The keys and words of every message, in the order in which they travel. Normative:
// docs/wire_format.md §14. Private to message.cpp.
#pragma once

#include "control/plane/archive.hpp"
#include "control/plane/message.hpp"
#include "control/plane/pipeline_fields.hpp"

#include <array>

namespace midinet::control::plane {

// In the order of the enumerators.
template <>
inline constexpr std::array<std::string_view, 4> kWords<wire::Role>{"primary", "standby", "relay",
                                                                    "mirror"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<HostMode>{"standby", "mirror", "relay"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<SwitchBack>{"manual", "auto"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<Values>{"adopt", "keep", "pickup"};
template <>
inline constexpr std::array<std::string_view, 13> kWords<Verb>{
    "switch", "arm",     "failover", "audit",    "claim", "release", "focus",
    "input",  "setpipe", "getpipe",  "rehearse", "play",  kAnyOther};
template <>
inline constexpr std::array<std::string_view, 5> kWords<CommandOutcome>{
    "done", "refused", "confirm", "failed", "unknown"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<ClientOutcome>{"ok", "missing",
                                                                       "elsewhere"};

template <typename A>
void fields(A& a, typename A::template Of<HostCounters>& c) {
    a.number("ev", c.events);
    a.number("dg", c.datagrams);
    a.number("hb", c.heartbeats);
    a.number("late", c.late_heartbeats);
    a.number("nack", c.nacks);
    a.number("rtx", c.retransmitted);
    a.number("jr", c.journals);
    a.number("bad", c.garbage);
    a.number("fail", c.send_failures);
    a.number("ls", c.leases);
    a.number("osc", c.osc_ignored);
}

template <typename A>
void fields(A& a, typename A::template Of<FailoverState>& f) {
    a.flag("arm", f.armed);
    a.word("back", f.switch_back);
    a.number("lock", f.lockout_s);
    a.number("left", f.lockout_left_ms);
    a.number("miss", f.miss_threshold);
    a.number("int", f.interval_us);
    a.word("val", f.values);
    a.number("pref", f.preferred.value);
    a.number("term", f.term);
}

template <typename A>
void fields(A& a, typename A::template Of<Conflict>& c) {
    a.number("ip", c.address);
    a.text("if", c.interface);
}

template <typename A>
void fields(A& a, typename A::template Of<wire::Focus>& f) {
    a.number("h", f.holder.value);
    a.number("t", f.term);
    a.number("b", f.by.value);
    a.number("ep", f.epoch.value);
    a.flag("m", f.manual);
}

template <typename A>
void fields(A& a, typename A::template Of<SurfaceCounters>& c) {
    a.number("pl", c.played);
    a.number("co", c.coalesced);
    a.number("lost", c.lost);
    a.number("for", c.foreign);
}

template <typename A>
void fields(A& a, typename A::template Of<InputState>& s) {
    a.number("a", s.active, kInputs);
    a.flag("s", s.standby_present);
}

template <typename A>
void fields(A& a, typename A::template Of<DeviceCount>& c) {
    a.number("n", c.all, wire::kMaxDevices);
    a.number("x", c.missing);
}

template <typename A>
void fields(A& a, typename A::template Of<HostStatus>& s) {
    a.id("id", s.id.value);
    a.number("ep", s.epoch.value);
    a.text("name", s.name);
    a.text("ver", s.version);
    a.number("up", s.uptime_ms);
    a.word("role", s.role);
    a.word("mode", s.mode);
    a.flag("dev", s.device_present);
    a.text("dn", s.device_name);
    a.number("hp", s.health, kMaxHealth);
    a.list("why", s.reasons);
    a.record("cnt", s.counters);
    a.record("fo", s.failover);
    a.maybe("dup", s.conflict);
    a.some("foc", s.focus);
    a.flag("out", s.has_lights);
    a.some("fb", s.surface);
    a.some("in", s.inputs);
    a.some("dc", s.devices);
    a.number("pl", s.pipeline);
    a.number("ag", s.agreement);
    a.number("held", s.held_ms);
    a.flag("bye", s.leaving);
}

template <typename A>
void fields(A& a, typename A::template Of<LastSwitch>& s) {
    a.number("ago", s.ago_ms);
    a.number("from", s.from.value);
    a.number("to", s.to.value);
    a.text("why", s.reason);
    a.number("took", s.took_us);
}

template <typename A>
void fields(A& a, typename A::template Of<ClientCounters>& c) {
    a.number("pl", c.played);
    a.number("lost", c.lost);
    a.number("rep", c.repaired);
    a.number("dup", c.duplicates);
    a.number("cor", c.corrections);
    a.number("sw", c.switches);
    a.number("sil", c.silences);
    a.number("bad", c.garbage);
    a.number("wh", c.withheld);
    a.number("pair", c.paired);
    a.number("unp", c.unpaired);
}

// One letter: up to four and eight of these must fit beside everything else.
template <typename A>
void fields(A& a, typename A::template Of<HeardSource>& s) {
    a.id("i", s.id.value);
    a.number("e", s.epoch.value);
    a.flag("a", s.alive);
    a.flag("w", s.whole);
    a.flag("t", s.twin);
    a.number("g", s.gap_p99_9_us);
    a.number("c", s.gap_longest_us);
    a.number("l", s.lost);
}

template <typename A>
void fields(A& a, typename A::template Of<Leg>& l) {
    a.id("s", l.sender.value);
    a.text("n", l.interface);
    a.flag("u", l.unicast);
    a.number("d", l.datagrams);
    a.number("m", l.missing);
}

template <typename A>
void fields(A& a, typename A::template Of<ClientStatus>& s) {
    a.id("id", s.id.value, kClientBit);
    a.text("name", s.name);
    a.text("ver", s.version);
    a.number("up", s.uptime_ms);
    a.text("port", s.port_name);
    a.flag("open", s.port_open);
    a.number("act", s.active.value);
    a.number("term", s.term);
    a.maybe("sw", s.last_switch);
    a.record("cnt", s.counters);
    a.number("p50", s.transit_p50_us);
    a.number("p95", s.transit_p95_us);
    a.number("p99", s.transit_p99_us);
    a.list("src", s.sources);
    a.list("leg", s.legs);
    a.some("foc", s.focus);
    a.number("fb", s.feedback_events);
    a.number("fbe", s.feedback_echoes);
    a.number("fbx", s.feedback_cut);
    a.number("pl", s.pipeline);
    a.flag("bye", s.leaving);
}

template <typename A>
void fields(A& a, typename A::template Of<Command>& c) {
    a.id("id", c.id);
    a.id("from", c.from.value);
    a.number("to", c.to.value);
    a.word("do", c.verb);
    a.number("src", c.target.value);
    a.flag("on", c.on);
    a.number("cli", c.client.value);
    a.number("max", c.max);
    a.number("in", c.input, kInputs);
    a.text("who", c.who);
    a.flag("all", c.all_devices);
    a.maybe("pl", c.pipeline);
    a.number("hold", c.hold_ms, static_cast<std::uint32_t>(to_ms(kLongestHold)));
    a.number("port", c.port.value, static_cast<std::uint8_t>(kMaxPorts - 1));
    a.bytes("midi", c.midi);
}

template <typename A>
void fields(A& a, typename A::template Of<Ack>& ack) {
    a.id("id", ack.command);
    a.id("from", ack.from.value);
}

template <typename A>
void fields(A& a, typename A::template Of<ClientAnswer>& c) {
    a.id("i", c.client.value);
    a.text("n", c.name);
    a.word("o", c.outcome);
    a.number("t", c.took_us);
}

template <typename A>
void fields(A& a, typename A::template Of<AuditRecord>& r) {
    a.number("ago", r.ago_ms);
    a.text("who", r.who);
    a.text("what", r.what);
    a.word("o", r.outcome);
    a.text("why", r.why);
}

template <typename A>
void fields(A& a, typename A::template Of<CommandResult>& r) {
    a.id("id", r.command);
    a.id("from", r.from.value);
    a.word("o", r.outcome);
    a.text("why", r.why);
    a.number("left", r.lockout_left_ms);
    a.number("term", r.term);
    a.number("act", r.active.value);
    a.number("cn", r.clients_total);
    a.number("ok", r.clients_ok);
    a.number("an", r.audit_total);
    a.list("cl", r.clients);
    a.list("au", r.audit);
    a.maybe("pl", r.pipeline);
    a.flag("kept", r.kept);
}

}  // namespace midinet::control::plane
