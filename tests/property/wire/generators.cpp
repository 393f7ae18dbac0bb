#include "property/wire/generators.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <string>

namespace midinet::wire::testing {
namespace {

/// Both ends included.
template <typename T>
T draw(T low, T high) {
    return static_cast<T>(*rc::gen::inRange<std::uint64_t>(low, std::uint64_t{high} + 1));
}
template <typename T>
T any() {
    return *rc::gen::arbitrary<T>();
}
/// Now and then next to the wrap, where mistakes live.
Sequence any_sequence() {
    return {any<bool>() ? any<std::uint32_t>() : draw<std::uint32_t>(0, 40) - 20U};
}
SourceId any_source() { return SourceId{draw<std::uint16_t>(1, 0xFFFF)}; }
Epoch any_epoch() { return Epoch{draw<std::uint32_t>(1, 0xFFFFFFFF)}; }

midi::Message random_sysex() {
    midi::Message message{0xF0};
    const auto size = draw<std::size_t>(0, midi::Message::kMaxInline - 2);
    for (std::size_t i = 0; i < size; ++i) message.push_back(draw<std::uint8_t>(0, 0x7F));
    message.push_back(0xF7);
    return message;
}

SysExExtent random_extent() {
    const Sequence first = any_sequence();
    const auto more = draw<std::uint32_t>(0, 2000);
    return {first, first.plus(more),
            draw<std::uint32_t>(midi::Message::kMaxInline + 1, (more + 1) * kFragmentBytes),
            any<std::uint32_t>()};
}

Event random_event(Sequence sequence, StreamTime sent_us) {
    Event event;
    event.sequence = sequence;
    event.port = PortIndex{draw<std::uint8_t>(0, kMaxPorts - 1)};
    event.kind = static_cast<EventKind>(draw<unsigned>(0, 2));
    const auto oldest = std::min<StreamTime>(sent_us / kAgeUnitUs, 0xFFFF);
    event.time_us = sent_us - draw<StreamTime>(0, oldest) * kAgeUnitUs;
    if (event.kind == EventKind::Message)
        event.message = random_message();
    else
        event.extent = random_extent();
    return event;
}

FailoverPolicy random_failover() {
    return {draw<std::uint8_t>(1, 100), any<bool>(), any<bool>(),
            static_cast<Takeover>(draw<unsigned>(0, 2)), any<std::uint16_t>()};
}

Appointment random_appointment() {
    return any<bool>() ? Appointment{}
                       : Appointment{any_source(), draw<std::uint32_t>(1, kMostTerm)};
}

Focus random_focus() {
    if (any<bool>()) return {};
    return {SenderId{any<std::uint64_t>()}, draw<std::uint32_t>(1, kMostTerm),
            HostId{draw<std::uint16_t>(1, 0xFFFF)}, any<bool>(), any_epoch()};
}

Heartbeat random_beat() {
    return {any_source(),
            any_epoch(),
            any<std::uint64_t>(),
            any<std::uint32_t>(),
            draw<std::uint16_t>(1, 0xFFFF),
            static_cast<Role>(draw<unsigned>(0, 3)),
            any<std::uint8_t>(),
            draw<std::uint8_t>(0, 100),
            draw<std::uint8_t>(0, kMaxPorts),
            any_sequence(),
            any_sequence(),
            any<std::uint64_t>(),
            random_failover(),
            random_appointment(),
            random_focus()};
}

Name random_name() { return Name(any<std::string>()); }

/// Three at most, so that surely none is left out.
midi::InquiryReplies random_replies() {
    midi::InquiryReplies replies{};
    for (unsigned n = draw<unsigned>(0, 3); n > 0; --n) {
        auto& reply = replies[draw<unsigned>(0, kMaxPorts - 1)];
        reply.clear();
        for (const std::uint8_t byte :
             std::initializer_list<std::uint8_t>{0xF0, 0x7E, 0x00, 0x06, 0x02, 0x47})
            (void)reply.push_back(byte);
        for (auto more = draw<unsigned>(0, 50); more > 0; --more)
            (void)reply.push_back(draw<std::uint8_t>(0, 127));
        (void)reply.push_back(0xF7);
    }
    return replies;
}

Identity random_identity() {
    Identity identity{any_source(),
                      any_epoch(),
                      Role::Primary,
                      any<std::uint32_t>(),
                      any<std::uint16_t>(),
                      any<std::uint16_t>(),
                      any<std::uint16_t>(),
                      1,
                      any<std::uint16_t>(),
                      any<std::uint16_t>(),
                      random_name(),
                      random_name(),
                      random_name(),
                      random_name(),
                      random_name(),
                      random_name(),
                      {}};
    identity.role = static_cast<Role>(draw<unsigned>(0, 3));
    identity.devices = static_cast<std::uint8_t>(draw<unsigned>(1, kMaxDevices));
    const auto ports = draw<unsigned>(0, kMaxPorts);
    identity.replies = random_replies();
    // At most 34 bytes each: what surely is not cut.
    for (unsigned i = 0; i < ports; ++i)
        identity.ports.push_back(Name(any<std::string>().substr(0, 34)));
    return identity;
}

JournalValue random_journal() {
    const auto count = draw<std::uint8_t>(1, kMaxJournalFragments);
    JournalValue value{
        {any_source(), any_epoch(), any_sequence(), any_sequence(), any<std::uint64_t>(),
         any<std::uint64_t>(), draw<std::uint8_t>(0, static_cast<std::uint8_t>(count - 1)), count},
        {}};
    const auto records = draw<std::size_t>(0, (kMaxPayload - 32) / kStateRecordSize);
    for (std::size_t i = 0; i < records; ++i)
        value.records.push_back({PortIndex{draw<std::uint8_t>(0, kMaxPorts - 1)},
                                 draw<std::uint8_t>(0, 15),
                                 static_cast<midi::Cell>(draw<unsigned>(0, midi::kLastCell)),
                                 any<std::uint16_t>(), any<std::uint16_t>(), any<std::uint16_t>()});
    return value;
}

FixedVector<Range, kMaxNackRanges> random_ranges() {
    FixedVector<Range, kMaxNackRanges> ranges;
    const auto count = draw<unsigned>(0, kMaxNackRanges);
    for (unsigned i = 0; i < count; ++i) {
        const Sequence first = any_sequence();
        ranges.push_back({first, first.plus(draw<std::uint32_t>(0, 0x7FFFFFFF))});
    }
    return ranges;
}

BulkValue random_bulk() {
    BulkValue bulk{any_source(),
                   any_epoch(),
                   any_sequence(),
                   PortIndex{draw<std::uint8_t>(0, kMaxPorts - 1)},
                   draw<std::uint32_t>(0, 0xFFFFFFFF - kFragmentBytes),
                   {}};
    bulk.bytes.resize(draw<std::size_t>(1, kFragmentBytes));
    for (std::byte& b : bulk.bytes) b = static_cast<std::byte>(any<std::uint8_t>());
    return bulk;
}

DataValue random_data() {
    const DataHead head{any_source(), any_epoch(), any<std::uint64_t>(), any_sequence(),
                        any_sequence()};
    return {head, random_events(head.sent_us)};
}

}  // namespace

midi::Message random_message() {
    const auto status = draw<std::uint8_t>(0x80, 0xFF);
    const std::size_t size = midi::message_size(status);
    if (size == 0) return random_sysex();
    midi::Message message{status};
    while (message.size() < size) message.push_back(draw<std::uint8_t>(0, 0x7F));
    return message;
}

std::vector<Event> random_events(StreamTime sent_us) {
    std::vector<Event> events;
    Sequence sequence = any_sequence();
    // The largest event with a block of its own takes 57 bytes, so 19 always fit.
    const auto count = draw<unsigned>(0, 19);
    for (unsigned i = 0; i < count; ++i) {
        events.push_back(random_event(sequence, sent_us));
        sequence = any<bool>() ? sequence.next() : any_sequence();
    }
    return events;
}

PacketValue random_value(PacketKind kind) {
    switch (kind) {
        case PacketKind::Data:
            return random_data();
        case PacketKind::Bulk:
            return random_bulk();
        case PacketKind::Heartbeat: {
            const Heartbeat beat = random_beat();
            return HeartbeatValue{beat, random_events(beat.sent_us)};
        }
        case PacketKind::Identity:
            return random_identity();
        case PacketKind::Journal:
            return random_journal();
        case PacketKind::Nack:
            return Nack{SourceId{any<std::uint16_t>()}, Epoch{any<std::uint32_t>()},
                        any<std::uint8_t>(), random_ranges(), random_ranges()};
        case PacketKind::Lease:
            return Lease{any<bool>()};
        case PacketKind::Control:
            break;
    }
    return ControlValue{random_bulk().bytes};
}

Header random_header(PacketKind kind) {
    return {kind,
            any<std::uint8_t>(),
            0,
            SenderId{any<std::uint64_t>()},
            Epoch{any<std::uint32_t>()},
            any<std::uint32_t>()};
}

}  // namespace midinet::wire::testing
