#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

constexpr PortIndex kPort{2};

StateRecord record(Cell cell, unsigned key, unsigned value, unsigned channel = 0) {
    return {kPort,
            static_cast<std::uint8_t>(channel),
            cell,
            static_cast<std::uint16_t>(key),
            static_cast<std::uint16_t>(value),
            0};
}

TEST(PortStateRecords, NoteKeepsCountVelocityAndAge) {
    PortState state{kPort};
    StateRecord note = record(Cell::Note, 60, 2 << 8 | 100);
    note.age_ms = 250;
    ASSERT_TRUE(state.set(note, 1'000'000));
    EXPECT_EQ(state.sounding(0, 60), 2);
    EXPECT_EQ(state.note(0, 60, 1'100'000).age, 350ms);
    EXPECT_EQ(records_of(state, 1'000'000), Records{note});
}

TEST(PortStateRecords, NoteOlderThanTheClockKeepsItsAge) {
    PortState state{kPort};
    StateRecord note = record(Cell::Note, 60, 1 << 8 | 100);
    note.age_ms = 5000;
    ASSERT_TRUE(state.set(note, 1'000'000));
    EXPECT_EQ(state.note(0, 60, 1'000'000).age, 5000ms);
}

TEST(PortStateRecords, SettingAFactAgainReplacesIt) {
    PortState state{kPort};
    ASSERT_TRUE(state.set(record(Cell::Note, 60, 3 << 8 | 1), 0));
    ASSERT_TRUE(state.set(record(Cell::Note, 60, 1 << 8 | 2), 0));
    ASSERT_TRUE(state.set(record(Cell::Program, 0, 5), 0));
    ASSERT_TRUE(state.set(record(Cell::Program, kBankMsbKnown | 1 << 7, 6), 0));
    EXPECT_EQ(state.sounding_total(), 1U);
    EXPECT_EQ(records_of(state), (Records{record(Cell::Note, 60, 1 << 8 | 2),
                                          record(Cell::Program, kBankMsbKnown | 1 << 7, 6)}));
}

TEST(PortStateRecords, PolyPressureNeedsItsNote) {
    PortState state{kPort};
    EXPECT_FALSE(state.set(record(Cell::PolyPressure, 60, 5), 0));
    ASSERT_TRUE(state.set(record(Cell::Note, 60, 1 << 8 | 1), 0));
    EXPECT_TRUE(state.set(record(Cell::PolyPressure, 60, 5), 0));
}

TEST(PortStateRecords, RecordOfAnotherPortIsRefused) {
    PortState state{PortIndex{1}};
    EXPECT_FALSE(state.set(record(Cell::Control, 7, 1), 0));
    EXPECT_EQ(state.digest(), 0U);
}

class RefusedRecord : public testing::TestWithParam<StateRecord> {};

TEST_P(RefusedRecord, ChangesNothing) {
    PortState state{kPort};
    EXPECT_FALSE(state.set(GetParam(), 0));
    EXPECT_EQ(state.digest(), 0U);
    EXPECT_TRUE(records_of(state).empty());
}

INSTANTIATE_TEST_SUITE_P(
    PortStateRecords, RefusedRecord,
    testing::Values(record(Cell::Control, 7, 1, 16), record(static_cast<Cell>(11), 0, 0),
                    record(Cell::Note, 128, 1 << 8 | 1), record(Cell::Note, 60, 1),
                    record(Cell::Note, 60, 1 << 8), record(Cell::Note, 60, 1 << 8 | 128),
                    record(Cell::Control, 120, 0), record(Cell::Control, 7, 128),
                    record(Cell::Control, 6, 0), record(Cell::Control, 38, 0),
                    record(Cell::Control, 96, 0), record(Cell::Control, 101, 0),
                    record(Cell::Program, 1, 0), record(Cell::Program, 1 << 7, 0),
                    record(Cell::Program, 0, 128), record(Cell::Bend, 0, 16384),
                    record(Cell::Bend, 1, 0), record(Cell::ChannelPressure, 0, 128),
                    record(Cell::ChannelPressure, 1, 0), record(Cell::Parameter, kNullParameter, 0),
                    record(Cell::Parameter, kNrpn | kNullParameter, 0),
                    record(Cell::Parameter, 0x8000, 0), record(Cell::Parameter, 0, 1),
                    record(Cell::Parameter, 0, kLsbOnly | 1 << 7),
                    record(Cell::Parameter, 0, kLsbOnly | kHasLsb), record(Cell::Selection, 0, 0),
                    record(Cell::Selection, 0, 4), record(Cell::Selection, 1, kSelectedMsb),
                    record(Cell::Selection, 1 << 7, kSelectedLsb),
                    record(Cell::Selection, 0x8000, 3), record(Cell::Transport, 0, 3),
                    record(Cell::Transport, 1, 0), record(Cell::Transport, 0, 1, 1),
                    record(Cell::SongPosition, 0, 16384), record(Cell::SongSelect, 0, 128)));

}  // namespace
}  // namespace midinet::midi
