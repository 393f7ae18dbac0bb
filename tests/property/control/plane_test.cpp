// Random messages of the control plane, whole and damaged.
#include "control/plane/message.hpp"
#include "unit/control/plane/samples.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace midinet::control::plane {
namespace {

using testing::encoded;

/// Both ends included.
template <typename T>
T draw(T low, T high) {
    return static_cast<T>(low + *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{high} - low + 1));
}
/// Small, large, and everything between: the sizes that CBOR has.
template <typename T>
T number() {
    return static_cast<T>(*rc::gen::arbitrary<T>() >> draw<unsigned>(0, 8 * sizeof(T) - 1));
}
template <typename T>
T positive() {
    return static_cast<T>(std::max<T>(number<T>(), 1));
}
bool coin() { return *rc::gen::arbitrary<bool>(); }
template <typename E>
E one_of(unsigned count) {
    return static_cast<E>(draw<unsigned>(0, count - 1));
}
template <typename Text>
Text text() {
    return Text{*rc::gen::arbitrary<std::string>()};
}
template <typename T, std::size_t N, typename Make>
void fill(FixedVector<T, N>& list, Make make) {
    for (auto left = draw<std::size_t>(0, N); left > 0; --left) (void)list.push_back(make());
}

HostCounters random_host_counters() {
    const auto n = [] { return number<std::uint64_t>(); };
    return {n(), n(), n(), n(), n(), n(), n(), n(), n(), n(), n()};
}

wire::Focus random_focus() {
    return {SenderId{number<std::uint64_t>()}, number<std::uint32_t>(),
            HostId{number<std::uint16_t>()}, coin(), Epoch{number<std::uint32_t>()}};
}

midi::PipelineSettings random_pipeline() {
    const auto data = [] { return draw<std::uint8_t>(0, 127); };
    midi::PipelineSettings s;
    s.channels = number<std::uint16_t>();
    s.types = number<std::uint16_t>() & midi::kAllTypes;
    s.sysex = coin();
    for (auto& channel : s.channel_map) channel = draw<std::uint8_t>(1, 16);
    s.transpose = static_cast<std::int8_t>(*rc::gen::inRange(-127, 128));
    s.velocity.fixed = draw<std::uint8_t>(1, 127);
    unsigned at = 0;
    fill(s.velocity.points, [&at] {
        ++at;
        return midi::CurvePoint{static_cast<std::uint8_t>(7 * at),
                                static_cast<std::uint8_t>(7 * at + draw<unsigned>(0, 6))};
    });
    s.velocity.kind = one_of<midi::CurveKind>(s.velocity.points.empty() ? 5 : 6);
    std::uint8_t from = 39;  // no controller twice
    fill(s.remaps, [&] {
        return midi::ControlRemap{draw<std::uint8_t>(0, 16),
                                  from++,
                                  draw<std::uint8_t>(0, 16),
                                  draw<std::uint8_t>(39, 95),
                                  0,
                                  data(),
                                  0,
                                  data(),
                                  coin()};
    });
    return s;
}

HostStatus random_host() {
    HostStatus s;
    s.id.value = positive<std::uint16_t>();
    s.epoch.value = number<std::uint32_t>();
    s.name = text<Name>();
    s.version = text<Version>();
    s.uptime_ms = number<std::uint64_t>();
    s.role = one_of<wire::Role>(4);
    s.mode = one_of<HostMode>(3);
    s.device_present = coin();
    s.device_name = text<Name>();
    s.health = draw<std::uint8_t>(0, kMaxHealth);
    fill(s.reasons, [] { return text<Reason>(); });
    s.counters = random_host_counters();
    s.failover = {coin(),
                  one_of<SwitchBack>(2),
                  number<std::uint32_t>(),
                  number<std::uint32_t>(),
                  number<std::uint8_t>(),
                  number<std::uint32_t>(),
                  one_of<Values>(3),
                  SourceId{number<std::uint16_t>()},
                  number<std::uint32_t>()};
    if (coin()) s.conflict = Conflict{number<std::uint32_t>(), text<InterfaceName>()};
    s.focus = random_focus();
    s.has_lights = coin();
    s.surface = {number<std::uint64_t>(), number<std::uint64_t>(), number<std::uint64_t>(),
                 number<std::uint64_t>()};
    s.inputs = {*rc::gen::inRange<std::uint8_t>(0, kInputs + 1), coin()};
    s.pipeline = number<std::uint32_t>();
    s.agreement = number<std::uint32_t>();
    s.held_ms = number<std::uint32_t>();
    s.leaving = coin();
    s.devices = {draw<std::uint8_t>(1, wire::kMaxDevices), number<std::uint8_t>()};
    return s;
}

ClientStatus random_client() {
    ClientStatus s;
    const auto n = [] { return number<std::uint64_t>(); };
    s.id.value = n() | kClientBit;
    s.name = text<Name>();
    s.version = text<Version>();
    s.uptime_ms = n();
    s.port_name = text<Name>();
    s.port_open = coin();
    s.active.value = number<std::uint16_t>();
    s.term = number<std::uint32_t>();
    if (coin())
        s.last_switch =
            LastSwitch{n(), SourceId{number<std::uint16_t>()}, SourceId{number<std::uint16_t>()},
                       text<Reason>(), number<std::uint32_t>()};
    s.counters = {n(), n(), n(), n(), n(), n(), n(), n(), n(), n(), n()};
    s.transit_p50_us = number<std::uint32_t>();
    s.transit_p95_us = number<std::uint32_t>();
    s.transit_p99_us = number<std::uint32_t>();
    fill(s.sources, [n] {
        return HeardSource{SourceId{positive<std::uint16_t>()},
                           Epoch{number<std::uint32_t>()},
                           coin(),
                           coin(),
                           coin(),
                           number<std::uint32_t>(),
                           number<std::uint32_t>(),
                           n()};
    });
    fill(s.legs, [n] {
        return Leg{SenderId{positive<std::uint64_t>()}, text<InterfaceName>(), coin(), n(), n()};
    });
    s.focus = random_focus();
    s.feedback_events = n();
    s.feedback_echoes = n();
    s.feedback_cut = n();
    s.leaving = coin();
    return s;
}

midi::Message random_sysex() {
    midi::Message message{0xF0};
    for (auto left = draw<unsigned>(0, midi::Message::kMaxInline - 2); left > 0; --left)
        message.push_back(draw<std::uint8_t>(0, 127));
    message.push_back(0xF7);
    return message;
}

PlayedMidi random_midi() {
    PlayedMidi midi;
    for (auto left = draw<unsigned>(0, 80); left > 0; --left) {
        const midi::Message note{draw<std::uint8_t>(0x80, 0xBF), draw<std::uint8_t>(0, 127),
                                 draw<std::uint8_t>(0, 127)};
        (void)midi.add((draw<unsigned>(0, 7) == 0 ? random_sysex() : note).bytes());
    }
    return midi;
}

Command random_command() {
    return {positive<std::uint64_t>(),
            SenderId{positive<std::uint64_t>()},
            SenderId{number<std::uint64_t>()},
            one_of<Verb>(12),
            SourceId{number<std::uint16_t>()},
            coin(),
            number<std::uint8_t>(),
            text<Name>(),
            SenderId{number<std::uint64_t>()},
            coin(),
            draw<std::uint8_t>(0, kInputs),
            coin() ? std::optional(random_pipeline()) : std::nullopt,
            draw<std::uint32_t>(0, static_cast<std::uint32_t>(to_ms(kLongestHold))),
            PortIndex{draw<std::uint8_t>(0, kMaxPorts - 1)},
            random_midi()};
}

TransitStatus random_transit() {
    TransitStatus s{.id = SenderId{number<std::uint64_t>() | kClientBit},
                    .p99_9_us = number<std::uint32_t>(),
                    .max_us = number<std::uint32_t>()};
    fill(s.counts, [] { return number<std::uint64_t>(); });
    if (coin())
        s.recent = {number<std::uint64_t>(), number<std::uint32_t>(), number<std::uint32_t>(),
                    number<std::uint32_t>()};
    return s;
}

Ack random_ack() { return {positive<std::uint64_t>(), SenderId{positive<std::uint64_t>()}}; }

/// Too large for a datagram now and then.
CommandResult random_result() {
    CommandResult r;
    r.command = positive<std::uint64_t>();
    r.from.value = positive<std::uint64_t>();
    r.outcome = one_of<CommandOutcome>(5);
    r.why = text<Why>();
    r.lockout_left_ms = number<std::uint32_t>();
    r.term = number<std::uint32_t>();
    r.active.value = number<std::uint16_t>();
    r.clients_total = number<std::uint32_t>();
    r.clients_ok = number<std::uint32_t>();
    r.audit_total = number<std::uint32_t>();
    fill(r.clients, [] {
        return ClientAnswer{SenderId{positive<std::uint64_t>()}, text<ClientName>(),
                            one_of<ClientOutcome>(3), number<std::uint32_t>()};
    });
    fill(r.audit, [] {
        return AuditRecord{number<std::uint64_t>(), text<Name>(), text<Name>(),
                           one_of<CommandOutcome>(5), text<ShortWhy>()};
    });
    if (coin()) r.pipeline = random_pipeline();
    r.kept = coin();
    return r;
}

Tap random_tap() {
    return {positive<std::uint64_t>(), SenderId{positive<std::uint64_t>()},
            SenderId{positive<std::uint64_t>()}, number<std::uint32_t>(),
            draw<TapPoints>(0, kAllTaps)};
}

TapEvent random_tap_event(TimePoint sent) {
    TapEvent event;
    event.at = sent - std::chrono::microseconds(number<std::uint32_t>());
    event.point = one_of<TapPoint>(kTapPoints);
    event.port.value = draw<std::uint8_t>(0, kMaxPorts - 1);
    event.cut_off = coin();
    (void)event.head.push_back(number<std::uint8_t>());
    fill(event.head, [] { return number<std::uint8_t>(); });
    event.length = static_cast<std::uint32_t>(event.head.size());
    if (coin()) event.length += positive<std::uint32_t>() / 2;
    return event;
}

TapReport random_tap_report() {
    TapReport r{positive<std::uint64_t>(), SenderId{positive<std::uint64_t>()},
                number<std::uint32_t>(),   number<std::uint32_t>(),
                one_of<TapAnswer>(2),      text<decltype(TapReport::why)>(),
                number<std::uint64_t>(),   number<std::uint64_t>(),
                number<std::uint64_t>(),   draw<TapPoints>(0, kAllTaps)};
    for (auto left = draw<unsigned>(0, 100); left > 0; --left)
        (void)r.events.add(random_tap_event(TimePoint{2h}), TimePoint{2h});
    return r;
}

MachineStatus random_machine() {
    const auto n = [] { return number<std::uint64_t>(); };
    MachineStatus s;
    s.id.value = coin() ? positive<std::uint16_t>() : n() | kClientBit;
    s.name = text<Name>();
    if (coin()) s.cpu = draw<std::uint16_t>(0, MachineStatus::kWholeCpu);
    if (coin()) s.load_percent = number<std::uint32_t>();
    s.cores = number<std::uint16_t>();
    s.memory_total = n();
    s.memory_available = n();
    s.temperature = number<std::uint16_t>();
    s.uptime_s = n();
    s.machine = n();
    s.disk = {text<Name>(), n(), n(), n()};
    fill(s.interfaces, [n] {
        return InterfaceTraffic{
            text<InterfaceName>(), number<std::uint32_t>(), n(), n(), n(), n(), n(), n(), n(), n()};
    });
    return s;
}

AdminStatus random_admin() {
    AdminStatus s;
    s.id.value = number<std::uint64_t>() | kClientBit;
    s.name = text<Name>();
    s.version = text<Version>();
    s.uptime_ms = number<std::uint64_t>();
    s.listen = text<decltype(s.listen)>();
    s.tls = coin();
    s.config = {number<std::uint32_t>(), draw<std::uint64_t>(0, ConfigMark::kLatest), coin()};
    s.leaving = coin();
    return s;
}

Message random_message() {
    switch (draw<unsigned>(0, 9)) {
        case 0:
            return random_host();
        case 1:
            return random_client();
        case 2:
            return random_command();
        case 3:
            return random_ack();
        case 4:
            return random_tap();
        case 5:
            return random_tap_report();
        case 6:
            return random_machine();
        case 7:
            return random_admin();
        case 8:
            return random_transit();
        default:
            return random_result();
    }
}

/// Whether `list` is the beginning of `whole`.
template <typename T, std::size_t N>
bool begins(const FixedVector<T, N>& whole, const FixedVector<T, N>& list) {
    return list.size() <= whole.size() && std::equal(list.begin(), list.end(), whole.begin());
}

void expect_round_trip(const Message& message) {
    const auto back = decode(encoded(message));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == message);
}

RC_GTEST_PROP(ControlRoundTrip, HostStatusesComeBackAsTheyWereSent, ()) {
    expect_round_trip(random_host());
}
RC_GTEST_PROP(ControlRoundTrip, ClientStatusesComeBackAsTheyWereSent, ()) {
    expect_round_trip(random_client());
}
RC_GTEST_PROP(ControlRoundTrip, CommandsComeBackAsTheyWereSent, ()) {
    expect_round_trip(random_command());
}
RC_GTEST_PROP(ControlRoundTrip, AcksComeBackAsTheyWereSent, ()) { expect_round_trip(random_ack()); }
RC_GTEST_PROP(ControlRoundTrip, ResultsComeBackWithNothingButTheEndsOfTheirListsCut, ()) {
    const auto sent = random_result();
    const auto back = decode(encoded(sent));
    RC_ASSERT(back.has_value());
    auto got = std::get<CommandResult>(*back);
    RC_ASSERT(begins(sent.clients, got.clients));
    RC_ASSERT(begins(sent.audit, got.audit));
    RC_ASSERT(got.clients.size() == sent.clients.size() || got.audit.empty());
    got.clients = sent.clients;
    got.audit = sent.audit;
    RC_ASSERT(got == sent);
}

RC_GTEST_PROP(ControlRoundTrip, TapsComeBackAsTheyWereSent, ()) { expect_round_trip(random_tap()); }
RC_GTEST_PROP(ControlRoundTrip, TapReportsComeBackAsTheyWereSent, ()) {
    expect_round_trip(random_tap_report());
}
RC_GTEST_PROP(ControlRoundTrip, TappedEventsComeBackInTheirOrder, ()) {
    const TimePoint sent{2h};
    std::vector<TapEvent> in;
    TapEvents events;
    for (auto event = random_tap_event(sent); events.add(event, sent);
         event = random_tap_event(sent))
        in.push_back(event);
    TapEvents::Reader reader(events, sent);
    TapEvent event;
    for (const auto& expected : in) {
        RC_ASSERT(reader.next(event));
        RC_ASSERT(event == expected);
    }
    RC_ASSERT(!reader.next(event));
    RC_ASSERT(events.count() == in.size());
}

RC_GTEST_PROP(ControlRoundTrip, MachinesComeBackAsTheyWereSent, ()) {
    expect_round_trip(random_machine());
}

RC_GTEST_PROP(ControlRoundTrip, AdminsComeBackAsTheyWereSent, ()) {
    expect_round_trip(random_admin());
}
RC_GTEST_PROP(ControlRoundTrip, TransitsComeBackAsTheyWereSent, ()) {
    expect_round_trip(random_transit());
}

/// Whatever was accepted can be sent on, and means the same to the next receiver.
void expect_refused_or_encodable(ByteView bytes) {
    const auto message = decode(bytes);
    if (!message) return;
    const auto again = encoded(*message);
    RC_ASSERT(again.size() <= bytes.size());
    const auto twice = decode(again);
    RC_ASSERT(twice.has_value());
    RC_ASSERT(*twice == *message);
}

RC_GTEST_PROP(ControlDamage, EveryPrefixIsRefused, ()) {
    const auto bytes = encoded(random_message());
    for (std::size_t size = 0; size < bytes.size(); ++size)
        RC_ASSERT(!decode(ByteView(bytes).first(size)));
}

RC_GTEST_PROP(ControlDamage, EveryChangedByteGivesARefusalOrAMessage, ()) {
    const auto bytes = encoded(random_message());
    const auto change = static_cast<std::byte>(draw<unsigned>(1, 255));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto damaged = bytes;
        damaged[at] ^= change;
        expect_refused_or_encodable(damaged);
    }
}

RC_GTEST_PROP(ControlDamage, RandomBytesAreRefusedOrAMessage, (std::vector<std::uint8_t> noise)) {
    expect_refused_or_encodable(std::as_bytes(std::span(noise)));
}

}  // namespace
}  // namespace midinet::control::plane
