#include "wire/data.hpp"

#include "unit/wire/payload.hpp"

#include <gtest/gtest.h>

namespace midinet::wire {
namespace {

using namespace testing;

constexpr StreamTime kSent = 5'000'000;
constexpr std::size_t kHeadSize = 22;
constexpr std::size_t kFirstEventAt = kHeadSize + EventWriter::kBlockHeader;

Event note(std::uint32_t number, StreamTime time_us = kSent) {
    Event event;
    event.sequence = {number};
    event.time_us = time_us;
    event.message = midi::note_on(0, 60, 100);
    return event;
}
Event long_sysex(SysExExtent extent) {
    Event event;
    event.sequence = {1};
    event.kind = EventKind::LongSysEx;
    event.time_us = kSent;
    event.extent = extent;
    return event;
}

Bytes data_with(const std::vector<Event>& events, StreamTime sent_us = kSent) {
    return encoded([&](ByteWriter& writer) {
        encode_data_head(writer, {SourceId{1}, Epoch{1}, sent_us, {1}, {1}});
        EventWriter out(writer, sent_us);
        for (const Event& event : events) ASSERT_TRUE(out.add(event));
    });
}
std::vector<Event> events_of(ByteView payload) {
    std::vector<Event> events;
    const auto data = decode_data(payload);
    if (!data) return events;
    EventReader reader(data->blocks, data->head.sent_us);
    for (Event event; reader.next(event);) events.push_back(event);
    return events;
}
StreamTime time_after_the_wire(StreamTime time_us, StreamTime sent_us) {
    return events_of(data_with({note(1, time_us)}, sent_us)).at(0).time_us;
}

TEST(Data, MayCarryNoEventAtAll) {
    EXPECT_EQ(refusal(decode_data(data_with({}))), std::nullopt);
    EXPECT_TRUE(events_of(data_with({})).empty());
}

TEST(Data, ConsecutiveNumbersShareABlockAndAJumpOpensAnother) {
    const std::size_t event = kEventOverhead + 3;
    EXPECT_EQ(data_with({note(7), note(8)}).size(),
              kHeadSize + EventWriter::kBlockHeader + 2 * event);
    EXPECT_EQ(data_with({note(7), note(9)}).size(),
              kHeadSize + 2 * EventWriter::kBlockHeader + 2 * event);
    EXPECT_EQ(events_of(data_with({note(7), note(9)})), (std::vector{note(7), note(9)}));
}

TEST(Data, NumbersRunOnAcrossTheirWrap) {
    const std::vector events{note(0xFFFFFFFF), note(0)};
    EXPECT_EQ(data_with(events).size(), kFirstEventAt + 2 * (kEventOverhead + 3));
    EXPECT_EQ(events_of(data_with(events)), events);
}

TEST(Data, AnEventIsNeverLaterThanTheDatagramAndAtMostAUnitLate) {
    for (StreamTime age = 0; age < 100; ++age) {
        const StreamTime decoded = time_after_the_wire(kSent - age, kSent);
        EXPECT_LE(decoded, kSent);
        EXPECT_GE(decoded, kSent - age);
        EXPECT_LT(decoded - (kSent - age), kAgeUnitUs);
    }
}

TEST(Data, AnEventOlderThanTheAgeFieldIsAsOldAsItCanTell) {
    EXPECT_EQ(time_after_the_wire(0, kSent), kSent - 0xFFFF * kAgeUnitUs);
}

TEST(Data, AnEventFromTheFutureIsFromNow) {
    EXPECT_EQ(time_after_the_wire(kSent + 1000, kSent), kSent);
}

TEST(Data, AnEventOfAYoungEpochKeepsATimeWithinIt) { EXPECT_EQ(time_after_the_wire(0, 17), 1U); }

TEST(Data, AFullDatagramRefusesTheNextEventAndStaysValid) {
    std::size_t taken = 0;
    const Bytes payload = encoded([&](ByteWriter& writer) {
        encode_data_head(writer, {SourceId{1}, Epoch{1}, kSent, {1}, {1}});
        EventWriter out(writer, kSent);
        while (out.add(note(static_cast<std::uint32_t>(taken + 1)))) ++taken;
        EXPECT_TRUE(writer.ok());
    });
    EXPECT_EQ(taken, (kMaxPayload - kFirstEventAt) / (kEventOverhead + 3));
    EXPECT_EQ(events_of(payload).size(), taken);
}

TEST(Data, AnEventThatNeedsABlockHeaderButHasRoomForItselfOnlyIsRefused) {
    std::array<std::byte, 20> small{};
    ByteWriter writer(small);
    EventWriter out(writer, kSent);
    ASSERT_TRUE(out.add(note(1)));
    const std::size_t before = writer.size();
    EXPECT_FALSE(out.add(note(3)));
    EXPECT_EQ(writer.size(), before);
    EXPECT_TRUE(out.add(note(2)));
}

TEST(Data, TheExtentOfALongSysExSurvives) {
    const Event event = long_sysex({{10}, {11}, 2048, 0xDEADBEEF});
    EXPECT_EQ(events_of(data_with({event})), std::vector{event});
}

TEST(Data, RefusesAHeadCutShort) {
    EXPECT_EQ(refusal(decode_data(without_last(data_with({})))), DecodeError::TooShort);
}

TEST(Data, RefusesNoSourceAndNoEpoch) {
    EXPECT_EQ(refusal(decode_data(with(data_with({}), 0, "00 00"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_data(with(data_with({}), 2, "00 00 00 00"))), DecodeError::BadValue);
}

TEST(Data, RefusesAnEmptyBlock) {
    EXPECT_EQ(refusal(decode_data(plus(data_with({}), "00 00 00 01 00 00"))),
              DecodeError::BadValue);
}

TEST(Data, RefusesABlockThatPromisesMoreEventsThanItHas) {
    EXPECT_EQ(refusal(decode_data(with(data_with({note(1)}), kHeadSize + 4, "00 02"))),
              DecodeError::BadValue);
}

TEST(Data, RefusesAnEventCutShort) {
    EXPECT_EQ(refusal(decode_data(without_last(data_with({note(1)})))), DecodeError::BadValue);
}

TEST(Data, RefusesUnknownKindsOfEvents) {
    EXPECT_EQ(refusal(decode_data(with(data_with({note(1)}), kFirstEventAt, "30"))),
              DecodeError::BadValue);
}

TEST(Data, RefusesAnAgeFromBeforeTheEpoch) {
    EXPECT_EQ(refusal(decode_data(with(data_with({note(1, 15)}, 15), kFirstEventAt + 2, "00 01"))),
              DecodeError::BadValue);
}

TEST(Data, RefusesMalformedMidi) {
    const Bytes payload = data_with({note(1)});
    const std::size_t message = kFirstEventAt + kEventOverhead;
    EXPECT_EQ(refusal(decode_data(with(payload, message, "3c"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_data(with(payload, message + 1, "80"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_data(with(payload, message, "c0"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_data(with(payload, message, "f0"))), DecodeError::BadValue);
}

TEST(Data, RefusesAnInlineMessageLongerThanOneMayBe) {
    Bytes payload = plus(data_with({}), "00 00 00 01 00 01 00 30 00 00 f0");
    payload.resize(payload.size() + 46);
    EXPECT_EQ(refusal(decode_data(plus(payload, "f7"))), DecodeError::BadValue);
}

TEST(Data, RefusesALongSysExThatWouldHaveFittedInline) {
    EXPECT_EQ(refusal(decode_data(data_with({long_sysex({{1}, {1}, 47, 0})}))),
              DecodeError::BadValue);
}

TEST(Data, RefusesALongSysExThatEndsBeforeItBegins) {
    EXPECT_EQ(refusal(decode_data(data_with({long_sysex({{2}, {1}, 100, 0})}))),
              DecodeError::BadValue);
}

TEST(Data, RefusesALongSysExThatItsFragmentsCannotHold) {
    EXPECT_EQ(refusal(decode_data(data_with({long_sysex({{1}, {2}, 2049, 0})}))),
              DecodeError::BadValue);
}

TEST(Data, RefusesAnExtentOfTheWrongLength) {
    const Bytes payload = data_with({long_sysex({{1}, {1}, 100, 0})});
    EXPECT_EQ(refusal(decode_data(with(without_last(payload), kFirstEventAt + 1, "0f"))),
              DecodeError::BadValue);
}

Bytes bulk_with(std::size_t size, std::uint32_t offset = 0) {
    const Bytes content(size, std::byte{0x11});
    return encoded([&](ByteWriter& writer) {
        encode_bulk(writer, {SourceId{1}, Epoch{2}, {3}, PortIndex{4}, offset, content});
    });
}

TEST(Bulk, CarriesUpToAFragmentOfBytes) {
    const Bytes payload = bulk_with(kFragmentBytes);
    const auto bulk = decode_bulk(payload);
    ASSERT_TRUE(bulk);
    EXPECT_EQ(bulk->bytes.size(), kFragmentBytes);
    EXPECT_EQ(refusal(decode_bulk(bulk_with(kFragmentBytes + 1))), DecodeError::TooLong);
}

TEST(Bulk, RefusesAFragmentOfNothing) {
    EXPECT_EQ(refusal(decode_bulk(bulk_with(0))), DecodeError::TooShort);
}

TEST(Bulk, RefusesBytesBeyondTheLongestMessage) {
    EXPECT_EQ(refusal(decode_bulk(bulk_with(2, 0xFFFFFFFD))), std::nullopt);
    EXPECT_EQ(refusal(decode_bulk(bulk_with(2, 0xFFFFFFFE))), DecodeError::BadValue);
}

TEST(Bulk, RefusesNoSourceNoEpochAndPortsThatDoNotExist) {
    EXPECT_EQ(refusal(decode_bulk(with(bulk_with(1), 0, "00 00"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_bulk(with(bulk_with(1), 2, "00 00 00 00"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_bulk(with(bulk_with(1), 10, "10"))), DecodeError::BadValue);
}

}  // namespace
}  // namespace midinet::wire
