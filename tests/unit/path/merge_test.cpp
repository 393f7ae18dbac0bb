// Every number once and in order; gaps and repairs. State and epochs: source_stream_test.cpp.
#include "unit/path/hearing.hpp"

namespace midinet::path {
namespace {

class Merge : public Hearing {};

constexpr midi::Message kClock{0xF8};
constexpr midi::Message kStart{0xFA};

TEST_F(Merge, DeliversEachNumberOnceWhateverCopyComes) {
    data(notes(1, 3));
    data(notes(1, 5));
    data(notes(4, 5));
    EXPECT_EQ(log_.numbers(), counted(1, 5));
    EXPECT_EQ(stream_.counters().duplicates, 5U);
}

TEST_F(Merge, DatagramsOutOfOrderAreDeliveredInOrder) {
    data(notes(4, 5));
    data(notes(2, 3));
    EXPECT_TRUE(log_.events.empty());
    data(notes(1, 1));
    EXPECT_EQ(log_.numbers(), counted(1, 5));
}

TEST_F(Merge, RepeatsFillAGapWithoutAQuestion) {
    data(notes(1, 1));
    data(notes(3, 3));
    tick(200us);
    data(notes(2, 4));
    pass(20ms);
    EXPECT_EQ(log_.numbers(), counted(1, 4));
    EXPECT_TRUE(log_.nacks.empty());
    EXPECT_EQ(stream_.counters().lost, 0U);
}

TEST_F(Merge, BlocksWithAGapBetweenThemWaitForIt) {
    data({note(1), note(3)});
    EXPECT_EQ(log_.numbers(), counted(1, 1));
    data({note(2)});
    EXPECT_EQ(log_.numbers(), counted(1, 3));
}

TEST_F(Merge, NumbersGoOnAtZeroAfterTheHighest) {
    join_late(0xFFFF'FFFE);
    data({note(0xFFFF'FFFF), note(0), note(1)});
    EXPECT_EQ(log_.numbers(), (std::vector<std::uint32_t>{0xFFFF'FFFE, 0xFFFF'FFFF, 0, 1}));
    EXPECT_EQ(stream_.next(), Sequence{2});
}

TEST_F(Merge, GapAcrossTheWrapIsAskedForAndFilled) {
    join_late(0xFFFF'FFFE);
    data({note(1)});
    tick(400us);
    ASSERT_FALSE(log_.nacks.empty());
    EXPECT_EQ(log_.nacks.back().live.view()[0], (wire::Range{{0xFFFF'FFFF}, {0}}));
    data({note(0xFFFF'FFFF), note(0)});
    EXPECT_EQ(stream_.next(), Sequence{2});
    EXPECT_EQ(stream_.counters().repaired, 2U);
}

TEST_F(Merge, QuestionWaitsForDatagramsThatAreOnlyLate) {
    data(notes(1, 1));
    data(notes(3, 3));
    tick(RepairTimer::kReorder - 1us);
    EXPECT_TRUE(log_.nacks.empty());
    tick(1us);
    ASSERT_EQ(log_.nacks.size(), 1U);
    EXPECT_EQ(log_.nacks[0].source, kSource);
    EXPECT_EQ(log_.nacks[0].epoch, Epoch{3});
    EXPECT_EQ(log_.nacks[0].flags, 0);
    EXPECT_EQ(log_.nacks[0].live.view()[0], (wire::Range{{2}, {2}}));
}

TEST_F(Merge, QuestionNamesEveryGapAndNothingThatIsHere) {
    data({note(1), note(4), note(5), note(8)});
    tick(400us);
    ASSERT_EQ(log_.nacks.size(), 1U);
    ASSERT_EQ(log_.nacks[0].live.size(), 2U);
    EXPECT_EQ(log_.nacks[0].live[0], (wire::Range{{2}, {3}}));
    EXPECT_EQ(log_.nacks[0].live[1], (wire::Range{{6}, {7}}));
}

TEST_F(Merge, MoreGapsThanAQuestionHoldsAreAskedForInPart) {
    std::vector<wire::Event> every_other;
    for (std::uint32_t n = 2; n <= 200; n += 2) every_other.push_back(note(n));
    data(every_other);
    tick(400us);
    ASSERT_EQ(log_.nacks.size(), 1U);
    EXPECT_TRUE(log_.nacks[0].live.full());
    EXPECT_EQ(log_.nacks[0].live[0].first, Sequence{1});
}

TEST_F(Merge, BeatTellsOfALostLastEvent) {
    data(notes(1, 1));
    beat({.newest = 2});
    tick();
    tick(400us);
    ASSERT_EQ(log_.nacks.size(), 1U);
    EXPECT_EQ(log_.nacks[0].live.view()[0], (wire::Range{{2}, {2}}));
}

TEST_F(Merge, RetransmissionFillsTheGapAndIsCountedAsRepaired) {
    data({note(1), note(3)});
    tick(400us);
    tick(300us);
    data({note(2)});
    pass(20ms);
    EXPECT_EQ(log_.numbers(), counted(1, 3));
    EXPECT_EQ(stream_.counters().repaired, 1U);
    EXPECT_EQ(stream_.counters().lost, 0U);
    EXPECT_EQ(log_.state_requests(), 0U);
}

TEST_F(Merge, GapIsGivenUpAfterTheHoldAndWhatFollowsIsPlayed) {
    data({note(1), note(3)});
    const auto began = now_;
    for (tick(); log_.events.size() == 1 && now_ < began + 1s;) tick(100us);
    EXPECT_EQ(log_.numbers(), (std::vector<std::uint32_t>{1, 3}));
    EXPECT_EQ(stream_.counters().lost, 1U);
    EXPECT_GE(now_ - began, stream_.hold());
    EXPECT_LE(now_ - began, stream_.hold() + RepairTimer::kFirstGuess);
}

TEST_F(Merge, AfterAStallOfOurOwnAGapIsAskedForBeforeItIsGivenUp) {
    data({note(1), note(3)});
    tick(100ms);
    EXPECT_EQ(stream_.counters().lost, 0U);
    ASSERT_EQ(log_.nacks.size(), 1U);
    tick(500us);
    data({note(2)});
    EXPECT_EQ(log_.numbers(), counted(1, 3));
}

TEST_F(Merge, HoldIsAtMostThirtyMillisecondsHoweverBadTheLine) {
    for (std::uint32_t n = 3; n < 200; n += 2) {
        data({note(n)});
        for (int i = 0; i < 400 && !is_after(stream_.next(), Sequence{n}); ++i) tick(100us);
        ASSERT_TRUE(is_after(stream_.next(), Sequence{n})) << "40 ms were not enough";
        ASSERT_LE(stream_.hold(), 30ms);
    }
}

TEST_F(Merge, CopyOfAnEventAlreadyGivenUpIsLateAndNotPlayed) {
    data({note(1), note(3)});
    pass(20ms);
    ASSERT_EQ(stream_.counters().lost, 1U);
    data({note(2)});
    EXPECT_EQ(log_.numbers(), (std::vector<std::uint32_t>{1, 3}));
    EXPECT_EQ(stream_.counters().late, 1U);
    EXPECT_EQ(stream_.counters().duplicates, 0U);
}

TEST_F(Merge, StateIsAskedForAfterALoss) {
    data({note(1), note(3)});
    pass(20ms);
    EXPECT_FALSE(stream_.whole());
    EXPECT_GE(log_.state_requests(), 1U);
}

TEST_F(Merge, ClockOvertakesAGapAndIsPlayedOnce) {
    data({note(1), message(3, kClock)});
    EXPECT_EQ(log_.numbers(), (std::vector<std::uint32_t>{1, 3}));
    data({note(2), message(3, kClock), note(4)});
    EXPECT_EQ(log_.numbers(), (std::vector<std::uint32_t>{1, 3, 2, 4}));
}

TEST_F(Merge, StartContinueStopAndResetWaitForTheirPlace) {
    data({note(1), message(3, kStart), message(4, {0xFB}), message(5, {0xFC}), message(6, {0xFF})});
    EXPECT_EQ(log_.numbers(), counted(1, 1));
    data({note(2)});
    EXPECT_EQ(log_.numbers(), counted(1, 6));
}

TEST_F(Merge, AnEventFarBeyondTheWindowGivesUpTheOldGapAndAsksForTheState) {
    data(notes(1, 1));
    const std::uint32_t far = 1 + LiveWindow::kDepth;
    data({note(far)});
    pass(60ms);
    EXPECT_EQ(log_.numbers(), (std::vector<std::uint32_t>{1, far}));
    EXPECT_EQ(stream_.counters().lost, far - 2);
    EXPECT_GE(log_.state_requests(), 1U);
}

TEST_F(Merge, ABeatFarBeyondTheWindowGivesUpTheOldGapAtOnceAndAsksForTheState) {
    data(notes(1, 1));
    const std::uint32_t far = 0x7000'0000;
    beat({.newest = far});
    tick();
    EXPECT_LE(distance(stream_.next(), Sequence{far}), std::int32_t{LiveWindow::kDepth});
    EXPECT_EQ(log_.state_requests(), 1U);
    data({note(far + 1)});
    pass(60ms);
    EXPECT_EQ(log_.numbers(), (std::vector<std::uint32_t>{1, far + 1}));
    EXPECT_EQ(stream_.counters().lost, far - 1);
}

TEST_F(Merge, FloodBehindAGapIsAllKeptUntilItIsFilled) {
    data(notes(2, 1500));
    data(notes(1501, 3000));
    EXPECT_TRUE(log_.events.empty());
    data(notes(1, 1));
    EXPECT_EQ(log_.numbers(), counted(1, 3000));
}

TEST_F(Merge, EventsAreDatedOnOurClockByTheFastestDatagram) {
    const auto read_at = kEpochStart + 20ms;
    auto event = note(1);
    event.time_us = 20'000;
    now_ = read_at + 160us;
    data({event});
    EXPECT_EQ(log_.moments.at(0), read_at);
}

TEST_F(Merge, NothingIsDueWhenNothingIsMissing) {
    EXPECT_EQ(stream_.next_due(), kNever);
    data(notes(1, 3));
    tick();
    EXPECT_EQ(stream_.next_due(), kNever);
    data(notes(5, 5));
    tick();
    EXPECT_EQ(stream_.next_due(), now_ + RepairTimer::kReorder);
}

TEST_F(Merge, ADeafStreamAsksForNothing) {
    data({note(1), note(3)});
    now_ += SourceStream::kDeaf + 1ms;
    tick();
    EXPECT_TRUE(log_.nacks.empty());
    EXPECT_EQ(stream_.next_due(), kNever);
    EXPECT_EQ(log_.numbers(), counted(1, 1)) << "and judges nothing as lost";
}

TEST_F(Merge, BulkGapIsAskedForAndDelaysNoLiveEvent) {
    const auto bytes = sysex_of(wire::kFragmentBytes);
    const auto bulk = [&](std::uint32_t n) {
        stream_.on_bulk({.source = kSource,
                         .epoch = {3},
                         .sequence = {n},
                         .offset = (n - 1) * 1024,
                         .bytes = std::as_bytes(std::span{bytes})});
    };
    data(notes(1, 1));
    bulk(1);
    bulk(3);
    tick(400us);
    tick(400us);
    ASSERT_EQ(log_.nacks.size(), 1U);
    EXPECT_TRUE(log_.nacks[0].live.empty());
    EXPECT_EQ(log_.nacks[0].bulk.view()[0], (wire::Range{{2}, {2}}));
    data(notes(2, 2));
    EXPECT_EQ(log_.numbers(), counted(1, 2));
}

TEST_F(Merge, FragmentIsWaitedForAsLongAsOptionsSay) {
    beat({.newest_bulk = 1});
    for (auto t = 0ms; t < 499ms; t += 1ms) {
        tick(1ms);
        beat({.newest_bulk = 1});
    }
    EXPECT_EQ(stream_.counters().lost_fragments, 0U);
    for (auto t = 0ms; t < 4ms; t += 1ms) tick(1ms);
    EXPECT_EQ(stream_.counters().lost_fragments, 1U);
}

TEST_F(Merge, FragmentsOfAnotherEpochAreIgnored) {
    const auto bytes = sysex_of(100);
    data(notes(1, 1));
    stream_.on_bulk({.source = kSource,
                     .epoch = {2},
                     .sequence = {1},
                     .bytes = std::as_bytes(std::span{bytes})});
    EXPECT_FALSE(stream_.sysex().fragment(Sequence{1}, PortIndex{0}));
}

}  // namespace
}  // namespace midinet::path
