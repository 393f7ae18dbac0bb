// The golden files fix the bytes: an encoder that changes them has changed the protocol.
#include "base/crc32.hpp"
#include "golden/hex.hpp"
#include "property/wire/packet_value.hpp"

#include <gtest/gtest.h>

namespace midinet::wire {
namespace {

using testing::BulkValue;
using testing::DataValue;
using testing::HeartbeatValue;
using testing::JournalValue;

constexpr std::uint64_t kClient = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kDigest = 0x0123456789ABCDEF;

Header host_header(PacketKind kind, std::uint32_t packet_number) {
    return {kind, 0, 0, SenderId{1}, Epoch{7}, packet_number};
}
Header client_header(PacketKind kind, std::uint32_t packet_number) {
    return {kind, 0, 0, SenderId{kClient}, Epoch{1}, packet_number};
}
Event message_event(std::uint32_t number, StreamTime time_us, const midi::Message& message) {
    Event event;
    event.sequence = {number};
    event.time_us = time_us;
    event.message = message;
    return event;
}

/// Both ways, so that neither side alone can drift.
void expect_golden(const std::string& name, const Header& header,
                   const testing::PacketValue& value) {
    const auto golden = midinet::testing::read_hex_file(MIDINET_GOLDEN_DIR "/" + name + ".hex");
    EXPECT_EQ(midinet::testing::to_hex(testing::encode_whole(header, value)),
              midinet::testing::to_hex(golden));
    const auto decoded = testing::decode_whole(golden);
    ASSERT_TRUE(decoded) << to_string(decoded.error());
    EXPECT_EQ(decoded->header, header);
    EXPECT_TRUE(decoded->payload == value);
}

TEST(GoldenDatagram, DataWithRepeatsOfTwoBlocks) {
    Event sysex = message_event(38, 2'000'000 - 1'048'560, {0xF0, 0x7D, 0x01, 0xF7});
    sysex.port = PortIndex{1};
    expect_golden("data", host_header(PacketKind::Data, 1000),
                  DataValue{{SourceId{1}, Epoch{7}, 2'000'000, {42}, {42}},
                            {sysex, message_event(40, 1'990'000, midi::note_on(0, 60, 100)),
                             message_event(41, 1'999'840, {0xF8}),
                             message_event(42, 2'000'000, midi::control_change(0, 7, 0))}});
}

TEST(GoldenDatagram, DataWithTheEndsOfTwoLongSysEx) {
    Event complete = message_event(43, 2'000'000, {});
    complete.kind = EventKind::LongSysEx;
    std::vector<std::byte> sysex(1300);
    for (std::size_t i = 2; i < sysex.size(); ++i)
        sysex[i] = static_cast<std::byte>((i - 2) & 0x7FU);
    sysex[0] = std::byte{0xF0};
    sysex[1] = std::byte{0x7D};
    sysex.back() = std::byte{0xF7};
    complete.extent = {{5}, {6}, 1300, crc32_finish(crc32_update(kCrc32Init, sysex))};
    Event aborted = message_event(44, 2'001'600, {});
    aborted.kind = EventKind::AbortedSysEx;
    aborted.port = PortIndex{1};
    aborted.extent = {{7}, {7}, 1024, 0};
    expect_golden("data_long_sysex", host_header(PacketKind::Data, 1001),
                  DataValue{{SourceId{1}, Epoch{7}, 2'001'600, {44}, {43}}, {complete, aborted}});
}

TEST(GoldenDatagram, BulkWithTheEndOfAMessage) {
    expect_golden(
        "bulk", host_header(PacketKind::Bulk, 1002),
        BulkValue{
            SourceId{1}, Epoch{7}, {6}, PortIndex{0}, 1298, midinet::testing::from_hex("10 f7")});
}

TEST(GoldenDatagram, HeartbeatWithARepeat) {
    Heartbeat beat;
    beat.source = SourceId{1};
    beat.epoch = Epoch{7};
    beat.sent_us = 2'003'000;
    beat.beat = 668;
    beat.flags = heartbeat_flags::kDevicePresent;
    beat.health = 97;
    beat.ports = 2;
    beat.newest = {42};
    beat.newest_bulk = {6};
    beat.failover.takeover = Takeover::Pickup;
    beat.appointment = {SourceId{2}, 1};
    beat.focus = {SenderId{0x9E3779B97F4A7C15}, 3, HostId{1}, true, Epoch{7}};
    beat.digest = kDigest;
    expect_golden(
        "heartbeat", host_header(PacketKind::Heartbeat, 20000),
        HeartbeatValue{beat, {message_event(42, 2'000'008, midi::control_change(0, 7, 0))}});
}

TEST(GoldenDatagram, IdentityOfATwoPortController) {
    Identity identity;
    identity.source = SourceId{1};
    identity.epoch = Epoch{7};
    identity.data_group = 0xEF455301;
    identity.unicast_port = 5004;
    identity.devices = 3;
    identity.usb_vendor = 0x09E8;
    identity.usb_product = 0x0029;
    identity.host_name = Name("stage-left");
    identity.version = Name("0.1.0");
    identity.device_name = Name("APC40 mkII");
    identity.manufacturer = Name("Akai");
    identity.product = Name("APC40 mkII");
    identity.ports.push_back(Name("APC40 mkII"));
    identity.ports.push_back(Name("R\u00e9 \u266a"));
    for (const std::uint8_t byte :
         std::initializer_list<std::uint8_t>{0xF0, 0x7E, 0x00, 0x06, 0x02, 0x47, 0x29, 0x00, 0x19,
                                             0x00, 0x01, 0x00, 0x00, 0x05, 0xF7})
        (void)identity.replies[0].push_back(byte);
    identity.replies[1] = identity.replies[0];
    expect_golden("identity", host_header(PacketKind::Identity, 3), identity);
}

TEST(GoldenDatagram, JournalFragment) {
    const JournalHead head{SourceId{1}, Epoch{7}, {42}, {6}, 2'003'500, kDigest, 1, 2};
    expect_golden("journal", host_header(PacketKind::Journal, 500),
                  JournalValue{head,
                               {{PortIndex{0}, 0, midi::Cell::Note, 60, (1U << 8U) | 100U, 13},
                                {PortIndex{0}, 0, midi::Cell::Control, 7, 0, 0},
                                {PortIndex{1}, 15, midi::Cell::Bend, 0, 8192, 0}}});
}

TEST(GoldenDatagram, NackForBothLanesAndTheState) {
    Nack nack{SourceId{1}, Epoch{7}, nack_flags::kState, {}, {}};
    nack.live.push_back({{39}, {39}});
    nack.live.push_back({{50}, {53}});
    nack.bulk.push_back({{5}, {5}});
    expect_golden("nack", client_header(PacketKind::Nack, 12), nack);
}

TEST(GoldenDatagram, LeaseAskedFor) {
    expect_golden("lease", client_header(PacketKind::Lease, 13), Lease{false});
}

TEST(GoldenDatagram, LeaseGivenBack) {
    expect_golden("lease_release", client_header(PacketKind::Lease, 14), Lease{true});
}

}  // namespace
}  // namespace midinet::wire
