#include "property/wire/generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace midinet::wire {
namespace {

using namespace testing;

void expect_round_trip(PacketKind kind) {
    const Header header = random_header(kind);
    const PacketValue value = random_value(kind);
    const auto decoded = decode_whole(encode_whole(header, value));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(decoded->header == header);
    RC_ASSERT(decoded->payload == value);
}

RC_GTEST_PROP(RoundTrip, DataComesBackAsItWasSent, ()) { expect_round_trip(PacketKind::Data); }
RC_GTEST_PROP(RoundTrip, BulkComesBackAsItWasSent, ()) { expect_round_trip(PacketKind::Bulk); }
RC_GTEST_PROP(RoundTrip, HeartbeatsComeBackAsTheyWereSent, ()) {
    expect_round_trip(PacketKind::Heartbeat);
}
RC_GTEST_PROP(RoundTrip, IdentitiesComeBackAsTheyWereSent, ()) {
    expect_round_trip(PacketKind::Identity);
}
RC_GTEST_PROP(RoundTrip, JournalsComeBackAsTheyWereSent, ()) {
    expect_round_trip(PacketKind::Journal);
}
RC_GTEST_PROP(RoundTrip, NacksComeBackAsTheyWereSent, ()) { expect_round_trip(PacketKind::Nack); }
RC_GTEST_PROP(RoundTrip, LeasesComeBackAsTheyWereSent, ()) { expect_round_trip(PacketKind::Lease); }
RC_GTEST_PROP(RoundTrip, ControlMessagesComeBackAsTheyWereSent, ()) {
    expect_round_trip(PacketKind::Control);
}

RC_GTEST_PROP(Name, IsAlwaysTextThatADecoderTakes, (std::string text)) {
    Identity identity;
    identity.source = SourceId{1};
    identity.host_name = Name(text);
    const auto decoded = decode_payload(PacketKind::Identity, encode_payload(identity));
    RC_ASSERT(decoded.has_value());
    RC_ASSERT(*decoded == PacketValue{identity});
}

RC_GTEST_PROP(Time, IsNeverInTheFutureAndAtMostAUnitLate,
              (std::uint64_t sent_us, std::uint32_t age)) {
    const StreamTime age_us = age % (0xFFFF * kAgeUnitUs);
    RC_PRE(age_us <= sent_us);
    Event event;
    event.sequence = {1};
    event.time_us = sent_us - age_us;
    event.message = midi::note_on(0, 1, 2);
    const DataValue data{{SourceId{1}, Epoch{1}, sent_us, {1}, {1}}, {event}};
    const auto decoded = decode_payload(PacketKind::Data, encode_payload(data));
    RC_ASSERT(decoded.has_value());
    const StreamTime time_us = std::get<DataValue>(*decoded).events.at(0).time_us;
    RC_ASSERT(time_us <= sent_us);
    RC_ASSERT(time_us - event.time_us < kAgeUnitUs);
}

}  // namespace
}  // namespace midinet::wire
