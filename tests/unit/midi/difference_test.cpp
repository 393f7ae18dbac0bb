// Notes, pedals, order and release. Values: difference_values_test.cpp.
#include "midi/difference.hpp"

#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

constexpr std::uint64_t kNow = 10'000'000;

Messages difference_of(const PortState& shadow, const PortState& truth,
                       const RestorePolicy& policy = {}) {
    MessageLog log;
    difference(shadow, truth, ControlProfile{}, policy, kNow, log);
    return log.messages;
}

Messages release_of(const Messages& told) {
    MessageLog log;
    release(state_after(told), log);
    return log.messages;
}

TEST(DifferenceNotes, NoteMissingFromTheTruthEndsAsOftenAsItWasCounted) {
    const PortState shadow = state_after({note_on(2, 60, 1), note_on(2, 60, 1), note_on(3, 61, 1)});
    EXPECT_EQ(difference_of(shadow, PortState{}),
              (Messages{note_off(2, 60), note_off(2, 60), note_off(3, 61)}));
}

TEST(DifferenceNotes, OnlyTheSurplusEnds) {
    const PortState shadow = state_after({note_on(0, 60, 1), note_on(0, 60, 1)});
    EXPECT_EQ(difference_of(shadow, state_after({note_on(0, 60, 1)}, kNow)),
              Messages{note_off(0, 60)});
}

TEST(DifferenceNotes, FreshNoteIsPlayedWithItsVelocity) {
    const PortState truth = state_after({note_on(0, 60, 77)}, kNow - 499'000);
    EXPECT_EQ(difference_of(PortState{}, truth), Messages{note_on(0, 60, 77)});
}

TEST(DifferenceNotes, StaleNoteIsLeftOut) {
    const PortState truth =
        state_after({note_on(0, 60, 77), poly_pressure(0, 60, 5)}, kNow - 500'000);
    EXPECT_EQ(difference_of(PortState{}, truth), Messages{});
}

TEST(DifferenceNotes, PolicyDecidesWhatIsFresh) {
    const PortState truth = state_after({note_on(0, 60, 77)}, kNow - 499'000);
    EXPECT_EQ(difference_of(PortState{}, truth, {.fresh = 100ms}), Messages{});
    EXPECT_EQ(difference_of(PortState{}, truth, {.fresh = 0ms}), Messages{});
}

TEST(DifferenceNotes, SoundingNoteIsNotStruckAgainForItsVelocity) {
    const PortState shadow = state_after({note_on(0, 60, 1)});
    EXPECT_EQ(difference_of(shadow, state_after({note_on(0, 60, 100)}, kNow)), Messages{});
}

TEST(DifferenceNotes, PolyPressureIsRestoredForHeldNotesAndAfterFreshOnes) {
    const PortState shadow = state_after({note_on(0, 60, 1)});
    PortState truth = state_after({note_on(0, 60, 1), poly_pressure(0, 60, 5)});
    apply_all(truth, {note_on(0, 62, 9), poly_pressure(0, 62, 6)}, kNow);
    EXPECT_EQ(difference_of(shadow, truth),
              (Messages{poly_pressure(0, 60, 5), note_on(0, 62, 9), poly_pressure(0, 62, 6)}));
}

TEST(DifferenceNotes, NotesEndThenPedalsRiseThenValuesThenNotesBegin) {
    const PortState shadow =
        state_after({note_on(0, 60, 1), control_change(0, 64, 127), control_change(1, 66, 127),
                     control_change(1, 69, 127), control_change(0, 7, 1)});
    PortState truth =
        state_after({control_change(0, 64, 0), control_change(1, 66, 0), control_change(1, 69, 3),
                     control_change(0, 7, 2), pitch_bend(1, 9)});
    apply_all(truth, {note_on(0, 62, 5), note_on(1, 62, 5)}, kNow);
    EXPECT_EQ(difference_of(shadow, truth),
              (Messages{note_off(0, 60), control_change(0, 64, 0), control_change(1, 66, 0),
                        control_change(1, 69, 3), control_change(0, 7, 2), pitch_bend(1, 9),
                        note_on(0, 62, 5), note_on(1, 62, 5)}));
}

TEST(DifferenceNotes, PedalThatGoesDownIsAValueLikeOthers) {
    const PortState shadow = state_after({control_change(0, 64, 0)});
    const PortState truth = state_after({control_change(0, 7, 5), control_change(0, 64, 127)});
    EXPECT_EQ(difference_of(shadow, truth),
              (Messages{control_change(0, 7, 5), control_change(0, 64, 127)}));
}

TEST(DifferenceNotes, WithoutValuesOnlyNotesAndPedalsAreReleased) {
    const PortState shadow =
        state_after({note_on(0, 60, 1), control_change(0, 64, 127), control_change(0, 7, 1)});
    PortState truth =
        state_after({control_change(0, 64, 0), control_change(0, 7, 2), Message{0xFA}});
    truth.apply(note_on(0, 62, 5), kNow);
    EXPECT_EQ(difference_of(shadow, truth, {.values = false}),
              (Messages{note_off(0, 60), control_change(0, 64, 0)}));
}

TEST(DifferenceNotes, WhatTheTruthDoesNotKnowIsLeftAlone) {
    const PortState shadow =
        state_after({control_change(0, 7, 1), control_change(0, 64, 127), program_change(0, 1),
                     pitch_bend(0, 1), channel_pressure(0, 1), Message{0xFA}});
    EXPECT_EQ(difference_of(shadow, PortState{}), Messages{});
}

TEST(DifferenceNotes, EqualStatesSayNothingHoweverTheyCameAbout) {
    const PortState shadow =
        state_after({control_change(0, 7, 9), control_change(0, 7, 1), note_on(0, 60, 5)}, 0);
    const PortState truth = state_after({note_on(0, 60, 5), control_change(0, 7, 1)}, kNow);
    EXPECT_EQ(difference_of(shadow, truth), Messages{});
}

TEST(Release, EndsNotesByCountAndRaisesPedals) {
    EXPECT_EQ(release_of({note_on(4, 60, 1), note_on(4, 60, 1), control_change(4, 64, 127),
                          control_change(4, 66, 127), control_change(4, 69, 64)}),
              (Messages{note_off(4, 60), note_off(4, 60), control_change(4, 64, 0),
                        control_change(4, 66, 0), control_change(4, 69, 0)}));
}

TEST(Release, RaisesAHalfPedalToo) {
    EXPECT_EQ(release_of({control_change(0, 64, 40)}), Messages{control_change(0, 64, 0)});
}

TEST(Release, SaysNothingOnSilentChannels) {
    EXPECT_EQ(release_of({note_on(0, 60, 1), note_off(0, 60), control_change(0, 64, 0),
                          control_change(0, 67, 127), control_change(0, 7, 100), Message{0xFA}}),
              Messages{});
}

}  // namespace
}  // namespace midinet::midi
