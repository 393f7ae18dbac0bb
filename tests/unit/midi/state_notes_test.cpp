#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

constexpr std::uint64_t kMs = 1000;

TEST(PortStateNotes, NoteSoundsFromNoteOnToNoteOff) {
    PortState state;
    state.apply(note_on(3, 60, 100), 0);
    EXPECT_EQ(state.sounding(3, 60), 1);
    EXPECT_EQ(state.sounding_total(), 1U);
    state.apply(note_off(3, 60), 0);
    EXPECT_EQ(state.sounding(3, 60), 0);
    EXPECT_EQ(state.sounding_total(), 0U);
    EXPECT_EQ(state.digest(), 0U);
}

TEST(PortStateNotes, NoteOnWithVelocityZeroEndsTheNote) {
    EXPECT_EQ(state_after({note_on(0, 60, 100), note_on(0, 60, 0)}).sounding(0, 60), 0);
}

TEST(PortStateNotes, OverlappingNoteOnsAreCounted) {
    PortState state = state_after({note_on(0, 60, 100), note_on(0, 60, 90)});
    EXPECT_EQ(state.sounding(0, 60), 2);
    state.apply(note_off(0, 60), 0);
    EXPECT_EQ(state.sounding(0, 60), 1);
    state.apply(note_off(0, 60), 0);
    EXPECT_EQ(state.sounding(0, 60), 0);
}

TEST(PortStateNotes, NoteOffWithoutNoteOnChangesNothing) {
    PortState state = state_after({note_off(0, 60), note_on(0, 61, 1), note_off(0, 60)});
    EXPECT_EQ(state.sounding_total(), 1U);
    EXPECT_EQ(state.sounding(0, 60), 0);
}

TEST(PortStateNotes, CountStopsAt255) {
    PortState state = state_after(Messages(300, note_on(0, 60, 1)));
    EXPECT_EQ(state.sounding(0, 60), 255);
    EXPECT_EQ(state.sounding_total(), 255U);
    apply_all(state, Messages(255, note_off(0, 60)));
    EXPECT_EQ(state.digest(), 0U);
}

TEST(PortStateNotes, ChannelsAndNotesAreCountedApart) {
    const PortState state =
        state_after({note_on(0, 60, 1), note_on(1, 60, 1), note_on(0, 61, 1), note_off(0, 60)});
    EXPECT_EQ(state.sounding(0, 60), 0);
    EXPECT_EQ(state.sounding(1, 60), 1);
    EXPECT_EQ(state.sounding_on(0), 1U);
    EXPECT_EQ(state.sounding_total(), 2U);
}

TEST(PortStateNotes, AgeCountsFromTheLastNoteOn) {
    PortState state;
    state.apply(note_on(0, 60, 1), 100 * kMs);
    state.apply(note_on(0, 60, 1), 300 * kMs);
    EXPECT_EQ(state.note(0, 60, 1'000 * kMs).age, 700ms);
    EXPECT_EQ(records_of(state, 1'000 * kMs).front().age_ms, 700);
}

TEST(PortStateNotes, AgeSurvivesTheWrapOfStoredMilliseconds) {
    const std::uint64_t before_wrap = ((1ULL << 32U) - 100) * kMs;
    PortState state;
    state.apply(note_on(0, 60, 1), before_wrap);
    EXPECT_EQ(state.note(0, 60, before_wrap + 400 * kMs).age, 400ms);
}

TEST(PortStateNotes, NoteDatedSlightlyAheadIsNewNotOld) {
    PortState state;
    state.apply(note_on(0, 60, 1), 1'002 * kMs);
    EXPECT_EQ(state.note(0, 60, 1'000 * kMs).age, 0ms);
}

TEST(PortStateNotes, RecordedAgeStopsAtItsHighestValue) {
    PortState state;
    state.apply(note_on(0, 60, 1), 0);
    EXPECT_EQ(records_of(state, 100'000 * kMs).front().age_ms, 0xFFFF);
}

TEST(PortStateNotes, AgeIsNoPartOfTheDigest) {
    EXPECT_EQ(state_after({note_on(0, 60, 1)}, 0).digest(),
              state_after({note_on(0, 60, 1)}, 999 * kMs).digest());
}

TEST(PortStateNotes, PolyPressureCountsOnlyWhileItsNoteSounds) {
    PortState state = state_after({poly_pressure(0, 60, 10)});
    EXPECT_EQ(state.poly_pressure(0, 60), -1);
    apply_all(state,
              {note_on(0, 60, 1), note_on(0, 60, 1), poly_pressure(0, 60, 10), note_off(0, 60)});
    EXPECT_EQ(state.poly_pressure(0, 60), 10);
    state.apply(note_off(0, 60), 0);
    EXPECT_EQ(state.poly_pressure(0, 60), -1);
    state.apply(note_on(0, 60, 1), 0);
    EXPECT_EQ(state.poly_pressure(0, 60), -1);
}

class NoteEndingCommand : public testing::TestWithParam<unsigned> {};

TEST_P(NoteEndingCommand, EndsNotesOfItsChannelOnlyAndIsNoValue) {
    const Messages held{note_on(0, 60, 1), note_on(0, 60, 1), poly_pressure(0, 60, 5),
                        note_on(1, 60, 1)};
    PortState state = state_after(held);
    state.apply(control_change(0, GetParam(), 0), 0);
    EXPECT_EQ(records_of(state), records_of(state_after({note_on(1, 60, 1)})));
}

INSTANTIATE_TEST_SUITE_P(PortStateNotes, NoteEndingCommand,
                         testing::Values(120U, 123U, 124U, 125U, 126U, 127U));

TEST(PortStateNotes, ClearNotesLeavesValues) {
    PortState state =
        state_after({note_on(0, 60, 1), poly_pressure(0, 60, 5), control_change(0, 7, 1)});
    state.clear_notes();
    EXPECT_EQ(records_of(state), records_of(state_after({control_change(0, 7, 1)})));
    EXPECT_EQ(state.digest(), state_after({control_change(0, 7, 1)}).digest());
}

}  // namespace
}  // namespace midinet::midi
