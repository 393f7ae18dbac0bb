// A decoded payload of any kind as one comparable value, so that tests and fuzz targets can say
// "means the same".
#pragma once

#include "wire/data.hpp"
#include "wire/heartbeat.hpp"
#include "wire/identity.hpp"
#include "wire/journal.hpp"
#include "wire/request.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace midinet::wire::testing {

struct DataValue {
    DataHead head;
    std::vector<Event> events;
    friend bool operator==(const DataValue&, const DataValue&) = default;
};
struct BulkValue {
    SourceId source;
    Epoch epoch;
    Sequence sequence;
    PortIndex port;
    std::uint32_t offset = 0;
    std::vector<std::byte> bytes;
    friend bool operator==(const BulkValue&, const BulkValue&) = default;
};
struct HeartbeatValue {
    Heartbeat beat;
    std::vector<Event> events;
    friend bool operator==(const HeartbeatValue&, const HeartbeatValue&) = default;
};
struct JournalValue {
    JournalHead head;
    std::vector<midi::StateRecord> records;
    friend bool operator==(const JournalValue&, const JournalValue&) = default;
};
/// Opaque here: what it means is control's, tests/property/control.
struct ControlValue {
    std::vector<std::byte> message;
    friend bool operator==(const ControlValue&, const ControlValue&) = default;
};
/// The alternatives stand in the order of PacketKind.
using PacketValue = std::variant<DataValue, BulkValue, HeartbeatValue, Identity, JournalValue, Nack,
                                 Lease, ControlValue>;

inline PacketKind kind_of(const PacketValue& value) {
    return static_cast<PacketKind>(value.index() + 1);
}
Decoded<PacketValue> decode_payload(PacketKind kind, ByteView payload);
/// The payload; at most as many events and records as fit.
std::vector<std::byte> encode_payload(const PacketValue& value);

struct DatagramValue {
    Header header;
    PacketValue payload;
};
Decoded<DatagramValue> decode_whole(ByteView datagram);
std::vector<std::byte> encode_whole(const Header& header, const PacketValue& payload);

}  // namespace midinet::wire::testing
