// Messages to try things with: those of the golden datagrams, and the largest there can be.
#pragma once

#include "control/plane/message.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>
#include <vector>

namespace midinet::control::plane::testing {

constexpr std::uint64_t kSomeClient = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kSomeAdmin = 0xC2B2AE3D27D4EB4F;
constexpr std::uint64_t kSomeCommand = 0x1122334455667788;

inline HostStatus some_host() {
    HostStatus s;
    s.id = HostId{1};
    s.epoch = Epoch{7};
    s.name = Name{"stage-left"};
    s.version = Version{"0.1.0"};
    s.uptime_ms = 3'600'000;
    s.device_present = true;
    s.device_name = Name{"APC40 mkII"};
    s.health = 97;
    (void)s.reasons.push_back(Reason{"3 late heartbeats in 60 s"});
    s.counters = {.events = 42,
                  .datagrams = 1000,
                  .heartbeats = 20000,
                  .late_heartbeats = 3,
                  .nacks = 12,
                  .retransmitted = 5,
                  .journals = 2,
                  .garbage = 1,
                  .send_failures = 4,
                  .leases = 6};
    s.failover = {.armed = true,
                  .lockout_s = 5,
                  .lockout_left_ms = 1500,
                  .miss_threshold = 3,
                  .interval_us = 3000,
                  .preferred = SourceId{1},
                  .term = 9};
    s.conflict = Conflict{0xC0000207, InterfaceName{"eth0"}};
    return s;
}

inline ClientStatus some_client() {
    ClientStatus s;
    s.id = SenderId{kSomeClient};
    s.name = Name{"foh"};
    s.version = Version{"0.1.0"};
    s.uptime_ms = 3'599'000;
    s.port_name = Name{"R\u00e9 \u266a"};
    s.port_open = true;
    s.active = SourceId{2};
    s.term = 9;
    s.last_switch = LastSwitch{2500, SourceId{1}, SourceId{2}, Reason{"host 1 is silent"}, 9300};
    s.counters = {.played = 42,
                  .lost = 1,
                  .repaired = 2,
                  .duplicates = 84,
                  .corrections = 3,
                  .switches = 1,
                  .silences = 4,
                  .garbage = 5};
    s.transit_p50_us = 65;
    s.transit_p99_us = 320;
    (void)s.sources.push_back({SourceId{1}, Epoch{7}, false, true, false, 3900, 8700, 6});
    (void)s.sources.push_back({SourceId{2}, Epoch{8}, true, true, false, 3200, 4100, 0});
    (void)s.legs.push_back({SenderId{2}, InterfaceName{"eth0"}, false, 1000, 2});
    (void)s.legs.push_back({SenderId{2}, InterfaceName{"wlan0"}, true, 900, 0});
    return s;
}

inline Command some_command() {
    return {.id = kSomeCommand,
            .from = SenderId{0x8000000000000001},
            .to = SenderId{2},
            .verb = Verb::SwitchHost,
            .target = SourceId{2},
            .who = Name{"cli alice@foh"}};
}

inline Ack some_ack() { return {kSomeCommand, SenderId{2}}; }

inline CommandResult some_result() {
    CommandResult r;
    r.command = kSomeCommand;
    r.from = SenderId{2};
    r.outcome = CommandOutcome::NeedsConfirmation;
    r.why = Why{"host 2 is less healthy than host 1: repeat to confirm"};
    r.lockout_left_ms = 1500;
    r.term = 9;
    r.active = SourceId{1};
    r.clients_total = 2;
    r.clients_ok = 1;
    r.audit_total = 17;
    (void)r.clients.push_back(
        {SenderId{0x8000000000000002}, ClientName{"monitor"}, ClientOutcome::Elsewhere, 0});
    (void)r.clients.push_back({SenderId{kSomeClient}, ClientName{"foh"}, ClientOutcome::Ok, 2100});
    (void)r.audit.push_back({60'000, Name{"cli alice@foh"}, Name{"switch to 2"},
                             CommandOutcome::Refused, ShortWhy{"host 2 has no device"}});
    return r;
}

inline MachineStatus some_machine() {
    MachineStatus s;
    s.id = SenderId{1};
    s.name = Name{"stage-left"};
    s.machine = 0x0123456789ABCDEF;
    s.cpu = 120;
    s.load_percent = 45;
    s.cores = 4;
    s.memory_total = 4'294'967'296;
    s.memory_available = 3'000'000'000;
    s.temperature = 32'100;  // 47.85 °C
    s.uptime_s = 86'400;
    s.disk = {Name{"/var/lib/midinet"}, 32'000'000'000, 20'000'000'000, 45'826};
    (void)s.interfaces.push_back(
        {InterfaceName{"eth0"}, 1000, 123'456'789, 654'321, 0, 2, 987'654'321, 1'234'567, 1, 0});
    return s;
}

inline Tap some_tap() {
    return {.id = kSomeCommand,
            .from = SenderId{0x8000000000000001},
            .to = SenderId{2},
            .again = 3,
            .points = bit(TapPoint::In) | bit(TapPoint::Out)};
}

inline TapReport some_tap_report() {
    const TimePoint sent{9s};
    TapReport r{.tap = kSomeCommand,
                .from = SenderId{2},
                .run = 7,
                .number = 5,
                .before = 40,
                .dropped = 6,
                .sent_us = 9'000'000,
                .points = bit(TapPoint::In) | bit(TapPoint::Out)};
    TapEvent note{.at = sent - 1ms, .point = TapPoint::In, .length = 3};
    for (const auto byte : std::array<std::uint8_t, 3>{0x90, 0x3C, 0x64})
        (void)note.head.push_back(byte);
    TapEvent sysex{.at = sent - 500us,
                   .point = TapPoint::Out,
                   .port = PortIndex{1},
                   .cut_off = true,
                   .length = 3000};
    for (const auto byte : std::array<std::uint8_t, 4>{0xF0, 0x00, 0x41, 0x07})
        (void)sysex.head.push_back(byte);
    (void)r.events.add(note, sent);
    (void)r.events.add(sysex, sent);
    return r;
}

inline AdminStatus some_admin() {
    AdminStatus s;
    s.id = SenderId{kSomeAdmin};
    s.name = Name{"stage-left"};
    s.version = Version{"0.1.0"};
    s.uptime_ms = 3'600'000;
    s.listen = decltype(s.listen){"0.0.0.0:8080"};
    s.tls = true;
    s.config = {4'101'283'799, 1'700'000'000'000, false};
    return s;
}

inline TransitStatus some_transit() {
    TransitStatus s{.id = SenderId{kSomeClient}, .p99_9_us = 870, .max_us = 9300};
    for (const std::uint64_t count : {0U, 0U, 0U, 2U, 31U, 8U, 0U, 0U, 0U, 0U, 0U, 1U})
        (void)s.counts.push_back(count);
    return s;
}

inline Command some_command_to_play() {
    Command c{.id = kSomeCommand,
              .from = SenderId{0x8000000000000001},
              .to = SenderId{2},
              .verb = Verb::Play,
              .who = Name{"api 10.0.0.9"},
              .port = PortIndex{1}};
    (void)c.midi.add(midi::note_on(0, 60, 100).bytes());
    (void)c.midi.add(midi::control_change(0, 7, 64).bytes());
    return c;
}

inline std::vector<Message> some_of_each() {
    return {some_host(),   some_client(),  some_command(),        some_ack(),
            some_result(), some_tap(),     some_tap_report(),     some_machine(),
            some_admin(),  some_transit(), some_command_to_play()};
}

// The largest -------------------------------------------------------------------------------------

constexpr std::uint8_t kMost8 = std::numeric_limits<std::uint8_t>::max();
constexpr std::uint16_t kMost16 = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint32_t kMost32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kMost64 = std::numeric_limits<std::uint64_t>::max();

template <typename Text>
Text longest() {
    return Text{std::string(Text::kMaxBytes, 'x')};
}

inline HostStatus largest_host() {
    HostStatus s;
    s.id = HostId{kMost16};
    s.epoch = Epoch{kMost32};
    s.name = s.device_name = longest<Name>();
    s.version = longest<Version>();
    s.uptime_ms = kMost64;
    s.role = wire::Role::Primary;
    s.mode = HostMode::Standby;
    s.device_present = true;
    s.health = kMaxHealth;
    while (s.reasons.push_back(longest<Reason>())) {
    }
    s.counters = {kMost64, kMost64, kMost64, kMost64, kMost64, kMost64,
                  kMost64, kMost64, kMost64, kMost64, kMost64};
    s.failover = {true,    SwitchBack::Manual, kMost32,           kMost32, kMost8,
                  kMost32, Values::Pickup,     SourceId{kMost16}, kMost32};
    s.conflict = Conflict{kMost32, longest<InterfaceName>()};
    s.focus = {SenderId{kMost64}, kMost32, HostId{kMost16}, true, Epoch{kMost32}};
    s.has_lights = true;
    s.surface = {kMost64, kMost64, kMost64, kMost64};
    s.inputs = {kInputs, true};
    s.devices = {wire::kMaxDevices, 255};
    s.pipeline = kMost32;
    s.agreement = kMost32;
    s.held_ms = kMost32;
    s.leaving = true;
    return s;
}

inline TransitStatus largest_transit() {
    TransitStatus s{.id = SenderId{kMost64}, .p99_9_us = kMost32, .max_us = kMost32};
    while (s.counts.push_back(kMost64)) {
    }
    s.recent = {kMost64, kMost32, kMost32, kMost32};
    return s;
}

inline PlayedMidi largest_midi() {
    PlayedMidi m;
    while (m.add(midi::note_on(15, 127, 127).bytes())) {
    }
    return m;
}

inline MachineStatus largest_machine() {
    MachineStatus s;
    s.id = SenderId{kMost64};
    s.name = longest<Name>();
    s.machine = kMost64;
    s.cpu = MachineStatus::kWholeCpu;
    s.load_percent = kMost32;
    s.cores = s.temperature = kMost16;
    s.memory_total = s.memory_available = s.uptime_s = kMost64;
    s.disk = {longest<Name>(), kMost64, kMost64, kMost64};
    while (s.interfaces.push_back({longest<InterfaceName>(), kMost32, kMost64, kMost64, kMost64,
                                   kMost64, kMost64, kMost64, kMost64, kMost64})) {
    }
    return s;
}

inline AdminStatus largest_admin() {
    AdminStatus s;
    s.id = SenderId{kMost64};
    s.name = longest<Name>();
    s.version = longest<Version>();
    s.uptime_ms = kMost64;
    s.listen = longest<Name>();
    s.tls = s.leaving = true;
    s.config = {kMost32, ConfigMark::kLatest, true};
    return s;
}

inline ClientStatus largest_client() {
    ClientStatus s;
    s.id = SenderId{kMost64};
    s.name = s.port_name = longest<Name>();
    s.version = longest<Version>();
    s.uptime_ms = kMost64;
    s.port_open = true;
    s.active = SourceId{kMost16};
    s.term = kMost32;
    s.last_switch =
        LastSwitch{kMost64, SourceId{kMost16}, SourceId{kMost16}, longest<Reason>(), kMost32};
    s.counters = {kMost64, kMost64, kMost64, kMost64, kMost64, kMost64,
                  kMost64, kMost64, kMost64, kMost64, kMost64};
    s.transit_p50_us = s.transit_p95_us = s.transit_p99_us = kMost32;
    while (s.sources.push_back(
        {SourceId{kMost16}, Epoch{kMost32}, true, true, true, kMost32, kMost32, kMost64})) {
    }
    while (
        s.legs.push_back({SenderId{kMost64}, longest<InterfaceName>(), true, kMost64, kMost64})) {
    }
    s.focus = {SenderId{kMost64}, kMost32, HostId{kMost16}, true, Epoch{kMost32}};
    s.feedback_events = s.feedback_echoes = s.feedback_cut = kMost64;
    s.pipeline = kMost32;
    s.leaving = true;
    return s;
}

/// As many entries as there can be.
inline midi::PipelineSettings largest_pipeline() {
    midi::PipelineSettings s;
    s.channels = 0;
    s.types = 0;
    s.sysex = false;
    s.channel_map.fill(16);
    s.transpose = -127;
    s.velocity = {midi::CurveKind::Points, 127, {}};
    for (std::uint8_t in = 112; s.velocity.points.push_back({in, 127}) && in < 127; ++in) {
    }
    for (std::uint8_t from = 39; s.remaps.push_back({16, from, 16, 119, 0, 127, 0, 127, true});)
        ++from;
    return s;
}

inline Command largest_command() {
    return {kMost64,
            SenderId{kMost64},
            SenderId{kMost64},
            Verb::FailoverStatus,
            SourceId{kMost16},
            true,
            kMost8,
            longest<Name>(),
            SenderId{kMost64},
            true,
            kInputs,
            largest_pipeline(),
            static_cast<std::uint32_t>(to_ms(kLongestHold)),
            PortIndex{kMaxPorts - 1},
            largest_midi()};
}

inline CommandResult largest_result() {
    CommandResult r{kMost64,
                    SenderId{kMost64},
                    CommandOutcome::Refused,
                    longest<Why>(),
                    kMost32,
                    kMost32,
                    SourceId{kMost16},
                    kMost32,
                    kMost32,
                    kMost32,
                    {},
                    {}};
    while (r.clients.push_back(
        {SenderId{kMost64}, longest<ClientName>(), ClientOutcome::Elsewhere, kMost32})) {
    }
    while (r.audit.push_back({kMost64, longest<Name>(), longest<Name>(), CommandOutcome::Refused,
                              longest<ShortWhy>()})) {
    }
    return r;
}

// Encoded -----------------------------------------------------------------------------------------

inline std::vector<std::byte> encoded(const Message& message) {
    std::vector<std::byte> buffer(wire::kMaxPayload);
    ByteWriter writer(buffer);
    const auto result = encode(writer, message);
    EXPECT_TRUE(result) << result.error().message;
    buffer.resize(writer.size());
    return buffer;
}

}  // namespace midinet::control::plane::testing
