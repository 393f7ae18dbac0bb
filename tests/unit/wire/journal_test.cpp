#include "wire/journal.hpp"

#include "unit/wire/payload.hpp"

#include <gtest/gtest.h>

namespace midinet::wire {
namespace {

using namespace testing;

constexpr std::size_t kIndexAt = 30;
constexpr std::size_t kHeadSize = 32;

const midi::StateRecord kRecord{PortIndex{15}, 9, midi::Cell::SongSelect, 0xFFFF, 0x1234, 0xABCD};

const Bytes kJournal = encoded([](ByteWriter& writer) {
    encode_journal_head(writer, {SourceId{1}, Epoch{2}, {3}, {4}, 5, 6, 0, 255});
    encode_state_record(writer, kRecord);
});

TEST(Journal, GivesBackItsRecordsAndThenSaysThatItIsAtTheEnd) {
    const auto view = decode_journal(kJournal);
    ASSERT_TRUE(view);
    ByteReader reader(view->records);
    midi::StateRecord record;
    EXPECT_TRUE(read_state_record(reader, record));
    EXPECT_EQ(record, kRecord);
    EXPECT_FALSE(read_state_record(reader, record));
}

TEST(Journal, OfAnEmptyStateHasNoRecords) {
    EXPECT_EQ(refusal(decode_journal(ByteView(kJournal).first(kHeadSize))), std::nullopt);
}

TEST(Journal, RefusesAHeadCutShort) {
    EXPECT_EQ(refusal(decode_journal(ByteView(kJournal).first(kHeadSize - 1))),
              DecodeError::TooShort);
}

TEST(Journal, RefusesARecordCutShort) {
    EXPECT_EQ(refusal(decode_journal(without_last(kJournal))), DecodeError::TooShort);
}

TEST(Journal, RefusesNoSourceAndNoEpoch) {
    EXPECT_EQ(refusal(decode_journal(with(kJournal, 0, "00 00"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_journal(with(kJournal, 2, "00 00 00 00"))), DecodeError::BadValue);
}

TEST(Journal, RefusesAFragmentThatIsNotOneOfItsCount) {
    EXPECT_EQ(refusal(decode_journal(with(kJournal, kIndexAt, "00 00"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_journal(with(kJournal, kIndexAt, "02 02"))), DecodeError::BadValue);
    EXPECT_EQ(refusal(decode_journal(with(kJournal, kIndexAt, "01 02"))), std::nullopt);
}

TEST(Journal, RefusesUnknownCells) {
    EXPECT_EQ(refusal(decode_journal(with(kJournal, kHeadSize + 1, "0c"))), DecodeError::BadValue);
}

TEST(Journal, ARecordThatDoesNotFitIsRefusedWhole) {
    std::array<std::byte, kStateRecordSize - 1> small{};
    ByteWriter writer(small);
    encode_state_record(writer, kRecord);
    EXPECT_FALSE(writer.ok());
    EXPECT_EQ(writer.size(), 0U);
}

}  // namespace
}  // namespace midinet::wire
