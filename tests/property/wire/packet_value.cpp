#include "property/wire/packet_value.hpp"

namespace midinet::wire::testing {
namespace {

std::vector<Event> events_of(ByteView blocks, StreamTime sent_us) {
    std::vector<Event> events;
    EventReader reader(blocks, sent_us);
    for (Event event; reader.next(event);) events.push_back(event);
    return events;
}

void write_events(ByteWriter& writer, StreamTime sent_us, const std::vector<Event>& events) {
    EventWriter out(writer, sent_us);
    for (const Event& event : events)
        if (!out.add(event)) return;
}

PacketValue value_of(const DataView& view) {
    return DataValue{view.head, events_of(view.blocks, view.head.sent_us)};
}
PacketValue value_of(const Bulk& bulk) {
    return BulkValue{bulk.source, bulk.epoch,  bulk.sequence,
                     bulk.port,   bulk.offset, {bulk.bytes.begin(), bulk.bytes.end()}};
}
PacketValue value_of(const HeartbeatView& view) {
    return HeartbeatValue{view.beat, events_of(view.blocks, view.beat.sent_us)};
}
PacketValue value_of(const JournalView& view) {
    JournalValue value{view.head, {}};
    ByteReader reader(view.records);
    for (midi::StateRecord record; read_state_record(reader, record);)
        value.records.push_back(record);
    return value;
}
PacketValue value_of(const Identity& identity) { return identity; }
PacketValue value_of(const Nack& nack) { return nack; }
PacketValue value_of(const Lease& lease) { return lease; }

struct Encoder {
    ByteWriter& writer;

    void operator()(const DataValue& v) const {
        encode_data_head(writer, v.head);
        write_events(writer, v.head.sent_us, v.events);
    }
    void operator()(const BulkValue& v) const {
        encode_bulk(writer, {v.source, v.epoch, v.sequence, v.port, v.offset, v.bytes});
    }
    void operator()(const HeartbeatValue& v) const {
        encode_heartbeat(writer, v.beat);
        write_events(writer, v.beat.sent_us, v.events);
    }
    void operator()(const JournalValue& v) const {
        encode_journal_head(writer, v.head);
        for (const midi::StateRecord& record : v.records) encode_state_record(writer, record);
    }
    void operator()(const Identity& v) const { encode_identity(writer, v); }
    void operator()(const Nack& v) const { encode_nack(writer, v); }
    void operator()(const Lease& v) const { encode_lease(writer, v); }
    void operator()(const ControlValue& v) const { writer.bytes(v.message); }
};

template <typename View>
Decoded<PacketValue> wrap(const Decoded<View>& view) {
    if (!view) return tl::unexpected(view.error());
    return value_of(*view);
}

}  // namespace

Decoded<PacketValue> decode_payload(PacketKind kind, ByteView payload) {
    switch (kind) {
        case PacketKind::Data:
            return wrap(decode_data(payload));
        case PacketKind::Bulk:
            return wrap(decode_bulk(payload));
        case PacketKind::Heartbeat:
            return wrap(decode_heartbeat(payload));
        case PacketKind::Identity:
            return wrap(decode_identity(payload));
        case PacketKind::Journal:
            return wrap(decode_journal(payload));
        case PacketKind::Nack:
            return wrap(decode_nack(payload));
        case PacketKind::Lease:
            return wrap(decode_lease(payload));
        case PacketKind::Control:
            return ControlValue{{payload.begin(), payload.end()}};
    }
    return tl::unexpected(DecodeError::UnknownKind);
}

std::vector<std::byte> encode_payload(const PacketValue& value) {
    std::vector<std::byte> buffer(kMaxPayload);
    ByteWriter writer(buffer);
    std::visit(Encoder{writer}, value);
    buffer.resize(writer.size());
    return buffer;
}

Decoded<DatagramValue> decode_whole(ByteView datagram) {
    const auto split = decode_datagram(datagram);
    if (!split) return tl::unexpected(split.error());
    const auto payload = decode_payload(split->header.kind, split->payload);
    if (!payload) return tl::unexpected(payload.error());
    return DatagramValue{split->header, *payload};
}

std::vector<std::byte> encode_whole(const Header& header, const PacketValue& payload) {
    std::vector<std::byte> buffer(kMaxDatagram);
    ByteWriter writer(buffer);
    begin_datagram(writer, header);
    std::visit(Encoder{writer}, payload);
    if (!end_datagram(writer)) return {};
    buffer.resize(writer.size());
    return buffer;
}

}  // namespace midinet::wire::testing
