// Pairing by hand: two hosts, a few events.
#include "path/mirror/pairing.hpp"

#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::path {
namespace {

using midi::control_change;
using midi::Message;
using midi::Messages;
using midi::note_off;
using midi::note_on;

constexpr LaneId kA{0};
constexpr LaneId kB{1};
const Message kTick{0xF8};

class PairingTest : public ::testing::Test {
  protected:
    /// One event of a lane whose numbers count up by themselves. True: played.
    bool give(LaneId lane, const Message& message, unsigned port = 0) {
        return give(lane, wire::Event{.port = PortIndex{static_cast<std::uint8_t>(port)},
                                      .message = message});
    }
    bool give(LaneId lane, wire::Event event) {
        event.sequence = {++numbers_[lane.value]};
        const bool first = pairing_.first(lane, event, now_);
        if (!first) return false;
        played_.push_back(event.message);
        if (!pairing_.closing().empty()) played_.push_back(pairing_.closing());
        return true;
    }
    void lose(LaneId lane, unsigned count = 1) { numbers_[lane.value] += count; }
    /// Both lanes bring the same, so that the distance of their numbers is known.
    void keep_step() {
        for (unsigned v = 1; v <= 4; ++v)
            for (const auto lane : {kA, kB}) (void)give(lane, control_change(5, 20, v));
        played_.clear();
    }
    Messages played() { return std::exchange(played_, {}); }
    const PairingCounters& counters() const { return pairing_.counters(); }

    midi::ControlProfile profile_;
    Pairing pairing_{{.lanes = 2, .profile = &profile_}};
    std::array<std::uint32_t, 2> numbers_{100, 7000};
    TimePoint now_{100s};
    Messages played_;
};

TEST_F(PairingTest, FirstCopyIsPlayedAndTheSecondSwallowedWhicheverLaneLeads) {
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    now_ += 30ms;
    EXPECT_FALSE(give(kB, note_on(0, 60, 1)));
    EXPECT_TRUE(give(kB, note_off(0, 60)));
    now_ += 30ms;
    EXPECT_FALSE(give(kA, note_off(0, 60)));
    EXPECT_EQ(counters().first, 2U);
    EXPECT_EQ(counters().second, 2U);
}

TEST_F(PairingTest, ValueThatWasSentTwiceComesOutTwice) {
    EXPECT_TRUE(give(kA, control_change(0, 7, 9)));
    EXPECT_TRUE(give(kA, control_change(0, 7, 9)));
    EXPECT_FALSE(give(kB, control_change(0, 7, 9)));
    EXPECT_FALSE(give(kB, control_change(0, 7, 9)));
    EXPECT_TRUE(give(kB, control_change(0, 7, 9)));
    EXPECT_FALSE(give(kA, control_change(0, 7, 9)));
}

TEST_F(PairingTest, TicksArePairedAlsoWhereTheyStandElsewhereAmongTheNotes) {
    for (unsigned n = 0; n < 50; ++n) {
        EXPECT_TRUE(give(kA, kTick));
        EXPECT_TRUE(give(kA, note_on(0, n, 1)));
        EXPECT_FALSE(give(kB, note_on(0, n, 1)));
        EXPECT_FALSE(give(kB, kTick));
        now_ += 20ms;
    }
}

TEST_F(PairingTest, OtherPortsKindsAndLengthsAreOtherEvents) {
    const wire::Event place{.kind = wire::EventKind::LongSysEx,
                            .extent = {.first_fragment = {1}, .bytes = 100, .crc = 5}};
    auto aborted = place;
    aborted.kind = wire::EventKind::AbortedSysEx;
    auto longer = place;
    longer.extent.bytes = 101;
    auto damaged = place;
    damaged.extent.crc = 6;
    auto elsewhere = place;
    elsewhere.extent.first_fragment = {900};
    EXPECT_TRUE(give(kA, place));
    EXPECT_TRUE(give(kB, aborted));
    EXPECT_TRUE(give(kB, longer));
    EXPECT_TRUE(give(kB, damaged));
    EXPECT_FALSE(give(kB, elsewhere)) << "each host numbers its fragments on its own";
    EXPECT_TRUE(give(kA, note_on(0, 60, 1), 1));
    EXPECT_TRUE(give(kB, note_on(0, 60, 1), 2));
}

TEST_F(PairingTest, ShortSysExIsComparedToItsLastByte) {
    Message one{0xF0};
    for (unsigned i = 0; i < 40; ++i) one.push_back(static_cast<std::uint8_t>(i));
    Message other = one;
    one.push_back(1);
    one.push_back(0xF7);
    other.push_back(2);
    other.push_back(0xF7);
    EXPECT_TRUE(give(kA, one));
    EXPECT_TRUE(give(kB, other));
    EXPECT_FALSE(give(kB, one));
}

TEST_F(PairingTest, CopyThatComesAfterTheWindowIsAnEventOfItsOwn) {
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    now_ += 150ms;
    EXPECT_FALSE(give(kB, note_on(0, 60, 1)));
    EXPECT_TRUE(give(kA, note_on(0, 61, 1)));
    now_ += 151ms;
    EXPECT_TRUE(give(kB, note_on(0, 61, 1)));
}

TEST_F(PairingTest, LaneThatComesBackTrailingDoublesNothing) {
    keep_step();
    now_ += 10s;
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    EXPECT_TRUE(give(kA, note_on(0, 61, 1)));
    pairing_.restart(kB, now_);
    numbers_[1] = 0;
    now_ += 20ms;
    EXPECT_FALSE(give(kB, note_on(0, 60, 1)));
    EXPECT_FALSE(give(kB, note_on(0, 61, 1)));
}

TEST_F(PairingTest, LaneThatWasStoppedAndGoesOnWithAllItsDeviceKeptDoublesNothing) {
    keep_step();
    for (unsigned n = 0; n < 500; ++n, now_ += 1ms) EXPECT_TRUE(give(kA, note_on(0, n % 128, 1)));
    for (unsigned n = 0; n < 500; ++n) EXPECT_FALSE(give(kB, note_on(0, n % 128, 1))) << n;
    EXPECT_TRUE(give(kB, note_on(0, 1, 1))) << "and leads from here";
}

TEST_F(PairingTest, LaneThatWasStoppedAndLostWhatItsDeviceKeptPlaysOn) {
    keep_step();
    for (unsigned n = 0; n < 500; ++n, now_ += 1ms) (void)give(kA, note_on(0, n % 128, 1));
    for (unsigned n = 0; n < 100; ++n) EXPECT_FALSE(give(kB, note_on(0, n % 128, 1))) << n;
    for (unsigned n = 0; n < 100; ++n) EXPECT_TRUE(give(kB, control_change(0, 30, n))) << n;
}

TEST_F(PairingTest, LaneThatWasStoppedForLongerThanIsRememberedIsInStepAgainFromThereOn) {
    const auto event = [](unsigned n) { return control_change(n >> 13, n >> 7 & 63, n & 127); };
    keep_step();
    for (unsigned n = 0; n < 9000; ++n, now_ += 1ms) EXPECT_TRUE(give(kA, event(n)));
    for (unsigned n = 0; n < 9000; ++n)
        EXPECT_EQ(give(kB, event(n)), n < 9000 - Debts::kDepth) << n;
}

TEST_F(PairingTest, DebtsOfADeadLaneCountForNothing) {
    for (unsigned n = 0; n < 3 * Debts::kDepth; ++n) EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    now_ += 1s;
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    EXPECT_EQ(counters().unpaired, 0U);
    EXPECT_EQ(counters().overflows, 0U);
}

TEST_F(PairingTest, EventTheTrailingLaneLostIsNotTakenForTheNextOneLikeIt) {
    keep_step();
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    lose(kB);
    EXPECT_TRUE(give(kA, note_off(0, 60)));
    EXPECT_FALSE(give(kB, note_off(0, 60)));
    EXPECT_TRUE(give(kB, note_on(0, 60, 1))) << "now B leads, with a note of its own";
    EXPECT_FALSE(give(kA, note_on(0, 60, 1)));
}

TEST_F(PairingTest, EventTheLeadingLaneLostIsPlayedFromTheTrailingOneAndNotTakenForALaterCopy) {
    keep_step();
    lose(kA);
    EXPECT_TRUE(give(kA, control_change(0, 8, 1)));
    EXPECT_TRUE(give(kB, kTick)) << "this A has lost";
    EXPECT_FALSE(give(kB, control_change(0, 8, 1)));
    EXPECT_TRUE(give(kA, kTick)) << "the next tick is another one";
    EXPECT_FALSE(give(kB, kTick));
}

TEST_F(PairingTest, LaneThatNeverBringsWhatAnotherBroughtDoesNotKnowAll) {
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    EXPECT_TRUE(pairing_.knows_all(kB));
    now_ += 151ms;
    EXPECT_FALSE(pairing_.owes(kB, now_));
    EXPECT_FALSE(pairing_.knows_all(kB));
    pairing_.restart(kB, now_);
    EXPECT_TRUE(pairing_.knows_all(kB));
}

TEST_F(PairingTest, EventThatALaneHoldsBackIsNotTakenForLost) {
    keep_step();
    const wire::Event held{
        .sequence = {++numbers_[kA.value]}, .port = PortIndex{2}, .message = note_on(0, 60, 1)};
    pairing_.hold(kA, held);
    EXPECT_TRUE(give(kA, note_on(0, 70, 1)));
    EXPECT_TRUE(pairing_.first(kA, held, now_));
    EXPECT_FALSE(give(kB, note_on(0, 60, 1), 2));
    EXPECT_FALSE(give(kB, note_on(0, 70, 1)));
}

TEST_F(PairingTest, NoteWhoseNoteOffWasPlayedAlreadyIsHeardAndEndsAtOnce) {
    keep_step();
    lose(kA);
    EXPECT_TRUE(give(kA, note_off(0, 60, 33)));
    now_ += 20ms;
    EXPECT_TRUE(give(kB, note_on(0, 60, 1)));
    EXPECT_EQ(played(), (Messages{note_off(0, 60, 33), note_on(0, 60, 1), note_off(0, 60)}));
    EXPECT_FALSE(give(kB, note_off(0, 60, 33)));
    EXPECT_EQ(counters().closed, 1U);
}

TEST_F(PairingTest, NoteBeforeAnAllNotesOffThatWasPlayedAlreadyEndsAtOnce) {
    keep_step();
    lose(kA);
    EXPECT_TRUE(give(kA, control_change(0, 123, 0)));
    EXPECT_TRUE(give(kB, note_on(0, 60, 1)));
    EXPECT_EQ(pairing_.closing(), note_off(0, 60));
}

TEST_F(PairingTest, NoteOffTheLeaderLostIsPlayedLate) {
    keep_step();
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    lose(kA);
    EXPECT_TRUE(give(kA, note_on(0, 62, 1)));
    EXPECT_FALSE(give(kB, note_on(0, 60, 1)));
    EXPECT_TRUE(give(kB, note_off(0, 60)));
    EXPECT_FALSE(give(kB, note_on(0, 62, 1)));
}

TEST_F(PairingTest, RepeatedNoteIsNotCutByTheNoteOffBeforeItThatTheLaneLost) {
    keep_step();
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    EXPECT_TRUE(give(kA, note_off(0, 60)));
    EXPECT_FALSE(give(kB, note_on(0, 60, 1)));
    lose(kB);
    EXPECT_TRUE(give(kB, note_on(0, 60, 2)));
    EXPECT_TRUE(pairing_.closing().empty());
}

TEST_F(PairingTest, NoteHangsNeitherWhereTheNumbersSayNothingYet) {
    EXPECT_TRUE(give(kA, note_off(0, 60)));
    EXPECT_TRUE(give(kB, note_on(0, 60, 1)));
    EXPECT_TRUE(pairing_.closing().empty())
        << "perhaps B lost the note-off, and this is a new note";
    EXPECT_TRUE(give(kB, note_off(0, 60))) << "so its own note-off must come through";
}

TEST_F(PairingTest, ValueThatWasReplacedAlreadyIsPlayedAndThenTheNewestOneAgain) {
    keep_step();
    lose(kA);
    EXPECT_TRUE(give(kA, control_change(0, 7, 2)));
    EXPECT_TRUE(give(kA, control_change(0, 7, 3)));
    EXPECT_TRUE(give(kA, control_change(0, 8, 4)));
    played();
    EXPECT_TRUE(give(kB, control_change(0, 7, 1)));
    EXPECT_EQ(played(), (Messages{control_change(0, 7, 1), control_change(0, 7, 3)}));
}

TEST_F(PairingTest, TurnOfAnEncoderIsPlayedLateAndNoOtherTurnRepeated) {
    ASSERT_TRUE(profile_.add(midi::ControlClass::Relative, "1:16"));
    keep_step();
    lose(kA);
    EXPECT_TRUE(give(kA, control_change(0, 16, 63)));
    EXPECT_TRUE(give(kB, control_change(0, 16, 65)));
    EXPECT_TRUE(pairing_.closing().empty());
    EXPECT_FALSE(give(kB, control_change(0, 16, 63)));
}

TEST_F(PairingTest, PieceOfAParameterIsNotPlayedBehindAnotherPiece) {
    keep_step();
    lose(kA);
    EXPECT_TRUE(give(kA, control_change(0, 6, 12)));
    EXPECT_FALSE(give(kB, control_change(0, 100, 0)));
    EXPECT_EQ(counters().superseded, 1U);
}

TEST_F(PairingTest, CorrectionsAreOwedByTheOtherLanes) {
    pairing_.played(kA, {.message = note_on(0, 60, 1)}, now_);
    EXPECT_FALSE(give(kB, note_on(0, 60, 1)));
    EXPECT_TRUE(give(kA, note_on(0, 60, 1))) << "but not by the lane whose state it came from";
}

TEST_F(PairingTest, FullListForgetsAValueBeforeItForgetsANote) {
    keep_step();
    ASSERT_TRUE(give(kA, note_on(0, 60, 1)));
    ASSERT_TRUE(give(kA, control_change(0, 7, 1)));
    for (unsigned n = 2; n < Debts::kDepth; ++n) ASSERT_TRUE(give(kA, note_off(1, n % 128)));
    EXPECT_EQ(counters().overflows, 0U);
    ASSERT_TRUE(give(kA, note_on(0, 61, 1)));
    EXPECT_EQ(counters().overflows, 1U);
    EXPECT_FALSE(give(kB, note_on(0, 60, 1)));
    EXPECT_TRUE(give(kB, control_change(0, 7, 1))) << "a value said twice changes nothing";
}

TEST_F(PairingTest, FullListOfNotesForgetsTheOldest) {
    keep_step();
    for (unsigned n = 0; n <= Debts::kDepth; ++n)
        ASSERT_TRUE(give(kA, note_on(n / 128 % 16, n % 128, 1 + n / 2048)));
    EXPECT_EQ(counters().overflows, 1U);
    EXPECT_FALSE(give(kB, note_on(0, 1, 1)));
    EXPECT_TRUE(give(kB, note_on(0, 0, 1)));
}

TEST_F(PairingTest, WhatALivingLaneNeverBringsIsCounted) {
    keep_step();
    ASSERT_TRUE(give(kA, note_on(0, 60, 1)));
    now_ += 100ms;
    ASSERT_TRUE(give(kB, control_change(0, 9, 1)));
    now_ += 100ms;
    ASSERT_TRUE(give(kB, control_change(0, 9, 2)));
    EXPECT_EQ(counters().unpaired, 1U);
}

TEST_F(PairingTest, NumbersMayWrap) {
    numbers_ = {0xFFFF'FFFDU, 5};
    keep_step();
    lose(kA);
    EXPECT_TRUE(give(kA, note_off(0, 60)));
    EXPECT_TRUE(give(kB, note_on(0, 60, 1)));
    EXPECT_EQ(pairing_.closing(), note_off(0, 60));
}

}  // namespace
}  // namespace midinet::path
