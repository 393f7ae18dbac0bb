// Epochs, joining, journals and digests. Numbers and gaps: merge_test.cpp.
#include "unit/path/hearing.hpp"

namespace midinet::path {
namespace {

class SourceStreamTest : public Hearing {
  protected:
    /// Joined late, asked, and answered with CC 7 = `value` after number `at`.
    void join_and_answer(std::uint32_t at, unsigned value) {
        join_late(at);
        tick();
        answer(at, value);
    }
    void answer(std::uint32_t at, unsigned value) {
        journal({.at = at,
                 .records = {control_record(7, value)},
                 .digest = digest_after({midi::control_change(0, 7, value)})});
    }
    int volume() const {
        const auto* port = stream_.truth().find(PortIndex{0});
        return port != nullptr ? port->control(0, 7) : -1;
    }
};

wire::Event volume_event(std::uint32_t number, unsigned value) {
    return message(number, midi::control_change(0, 7, value));
}

TEST_F(SourceStreamTest, YoungEpochIsExpectedFromItsFirstNumber) {
    data(notes(3, 3), {.first_new = 3});
    tick(400us);
    ASSERT_EQ(log_.nacks.size(), 1U);
    EXPECT_EQ(log_.nacks[0].live.view()[0], (wire::Range{{1}, {2}}));
    EXPECT_EQ(log_.nacks[0].flags, 0) << "nothing came before number 1: its state is known";
    EXPECT_TRUE(stream_.whole());
}

TEST_F(SourceStreamTest, OldEpochBeginsAtItsNewEventsAndAsksForTheState) {
    now_ = kEpochStart + SourceStream::kYoung;
    data(notes(40, 42), {.first_new = 41});
    EXPECT_EQ(log_.numbers(), counted(41, 42)) << "40 is a repeat from before we listened";
    EXPECT_FALSE(stream_.whole());
    tick();
    ASSERT_EQ(log_.nacks.size(), 1U);
    EXPECT_EQ(log_.nacks[0].flags, wire::nack_flags::kState);
    EXPECT_TRUE(log_.nacks[0].live.empty());
}

TEST_F(SourceStreamTest, OldEpochJoinedByABeatBeginsAfterItsNewest) {
    now_ = kEpochStart + 60s;
    beat({.newest = 500});
    EXPECT_EQ(stream_.next(), Sequence{501});
    data(notes(499, 501), {.first_new = 501});
    EXPECT_EQ(log_.numbers(), counted(501, 501));
    EXPECT_EQ(stream_.counters().late, 0U) << "what came before we joined was never missed";
}

TEST_F(SourceStreamTest, JournalMakesALateJoinerWhole) {
    join_and_answer(500, 99);
    EXPECT_TRUE(stream_.whole());
    EXPECT_EQ(volume(), 99);
    EXPECT_EQ(log_.wholes, std::vector{true});
    EXPECT_EQ(stream_.next_due(), kNever);
}

TEST_F(SourceStreamTest, EventsAfterTheJournalAreAppliedOnTopOfIt) {
    join_late(500);
    data({volume_event(501, 1), volume_event(502, 2)}, {.first_new = 501});
    answer(500, 99);
    EXPECT_EQ(volume(), 2);
    EXPECT_EQ(log_.numbers(), counted(500, 502)) << "applied, not played again";
}

TEST_F(SourceStreamTest, EventsThatTheJournalContainsAreNotAppliedTwice) {
    join_late(500);
    data({message(501, midi::note_on(0, 9, 1))}, {.first_new = 501});
    journal({.at = 501,
             .records = {{.cell = midi::Cell::Note, .key = 9, .value = 0x0101}},
             .digest = digest_after({midi::note_on(0, 9, 1)})});
    ASSERT_TRUE(stream_.whole());
    EXPECT_EQ(stream_.truth().find(PortIndex{0})->sounding(0, 9), 1);
}

TEST_F(SourceStreamTest, JournalOfALaterNumberWaitsForTheEventsBeforeIt) {
    join_late(500);
    answer(502, 99);
    EXPECT_FALSE(stream_.whole());
    data({note(501), volume_event(502, 99), volume_event(503, 5)}, {.first_new = 501});
    EXPECT_TRUE(stream_.whole());
    EXPECT_EQ(volume(), 5);
}

TEST_F(SourceStreamTest, JournalTooOldForASecondLossIsNotUsed) {
    join_late(500);
    data({note(502)}, {.first_new = 502});
    pass(10ms);
    ASSERT_EQ(stream_.counters().lost, 1U);
    answer(500, 99);  // 501 is not in it, and we do not have it
    EXPECT_FALSE(stream_.whole());
    answer(502, 98);
    EXPECT_TRUE(stream_.whole());
    EXPECT_EQ(volume(), 98);
}

TEST_F(SourceStreamTest, JournalWithAWrongDigestIsNotBelieved) {
    join_late(500);
    journal({.at = 500, .records = {control_record(7, 1)}, .digest = 12345});
    EXPECT_FALSE(stream_.whole());
    EXPECT_TRUE(log_.wholes.empty());
    answer(500, 99);
    EXPECT_TRUE(stream_.whole()) << "and the next one starts clean";
    EXPECT_EQ(volume(), 99);
}

TEST_F(SourceStreamTest, JournalOfAnotherEpochIsIgnored) {
    join_late(500);
    journal({.at = 500,
             .records = {control_record(7, 1)},
             .digest = digest_after({midi::control_change(0, 7, 1)}),
             .epoch = 2});
    EXPECT_FALSE(stream_.whole());
}

TEST_F(SourceStreamTest, JournalNobodyAskedForChangesNothing) {
    data({volume_event(1, 5)});
    answer(1, 99);
    EXPECT_EQ(volume(), 5);
    EXPECT_EQ(stream_.counters().journals, 0U);
}

TEST_F(SourceStreamTest, StateIsAskedForMoreAndMoreRarelyWhileNoAnswerComes) {
    join_late(500);
    std::vector<TimePoint> asked;
    for (const auto end = now_ + 900ms; now_ < end;) {
        tick(1ms);
        if (log_.state_requests() > asked.size()) asked.push_back(now_);
    }
    ASSERT_GE(asked.size(), 8U);
    EXPECT_EQ(asked[1] - asked[0], 5ms);
    for (std::size_t i = 2; i < asked.size(); ++i) {
        EXPECT_GE(asked[i] - asked[i - 1], asked[i - 1] - asked[i - 2]);
        EXPECT_LE(asked[i] - asked[i - 1], 51ms);
    }
    EXPECT_GE(asked.back() - asked[asked.size() - 2], 3 * (asked[1] - asked[0]));
}

TEST_F(SourceStreamTest, AStreamHeardAgainAsksForTheStateItStillLacks) {
    join_late(500);
    pass(SourceStream::kDeaf + 10ms);
    EXPECT_EQ(stream_.next_due(), kNever);
    const auto before = log_.state_requests();
    beat({.newest = 500});
    tick();
    EXPECT_EQ(log_.state_requests(), before + 1);
}

TEST_F(SourceStreamTest, DigestThatDiffersAsksForTheState) {
    data({volume_event(1, 5)});
    beat({.newest = 1, .digest = digest_after({midi::control_change(0, 7, 5)})});
    EXPECT_TRUE(stream_.whole());
    beat({.newest = 1, .digest = digest_after({midi::control_change(0, 7, 6)})});
    EXPECT_FALSE(stream_.whole());
    EXPECT_EQ(stream_.counters().digest_mismatches, 1U);
    tick();
    EXPECT_EQ(log_.state_requests(), 1U);
}

TEST_F(SourceStreamTest, StateRepairedAfterDivergenceIsNotAFirstJoin) {
    data({volume_event(1, 5)});
    beat({.newest = 1, .digest = 1});
    answer(1, 6);
    EXPECT_EQ(log_.wholes, std::vector{false});
    EXPECT_EQ(volume(), 6);
}

TEST_F(SourceStreamTest, DigestIsComparedOnlyWhereItCanBe) {
    data({volume_event(1, 5)});
    beat({.newest = 1, .digest = 1, .flags = wire::heartbeat_flags::kNoDigest});
    EXPECT_TRUE(stream_.whole()) << "the host said: not to be compared";
    data({volume_event(2, 6)});
    beat({.newest = 1, .digest = 1});
    EXPECT_TRUE(stream_.whole()) << "an older beat that came late";
    beat({.newest = 4, .digest = 1});
    EXPECT_TRUE(stream_.whole()) << "a newer state than what was delivered";
    EXPECT_EQ(stream_.counters().digest_mismatches, 0U);
}

TEST_F(SourceStreamTest, HigherEpochReplacesTheOldOneAtOnce) {
    data({volume_event(1, 5)});
    data({volume_event(1, 9), note(2)}, {.epoch = 4});
    EXPECT_EQ(stream_.epoch(), Epoch{4});
    EXPECT_EQ(log_.epochs, 2);
    EXPECT_EQ(log_.numbers(), (std::vector<std::uint32_t>{1, 1, 2}));
    EXPECT_EQ(volume(), 9);
}

TEST_F(SourceStreamTest, NewEpochForgetsTheOldOnesState) {
    data({volume_event(1, 5)});
    data({note(1)}, {.epoch = 4});
    EXPECT_EQ(volume(), -1);
}

TEST_F(SourceStreamTest, LowerEpochIsCountedAndChangesNothing) {
    data(notes(1, 1));
    data(notes(2, 3), {.epoch = 2});
    beat({.newest = 50, .epoch = 2});
    pass(5ms);
    EXPECT_EQ(log_.numbers(), counted(1, 1));
    EXPECT_TRUE(log_.nacks.empty());
    EXPECT_EQ(stream_.epoch(), Epoch{3});
    EXPECT_EQ(stream_.counters().old_epochs, 2U);
}

TEST_F(SourceStreamTest, LowerEpochIsBelievedOnlyAfterSecondsOfSilenceOfTheHigher) {
    now_ = kEpochStart + 60s;
    beat({.newest = 5});
    now_ += SourceStream::kZombieSilence - 1ms;
    beat({.newest = 9, .epoch = 2});
    EXPECT_EQ(stream_.epoch(), Epoch{3});
    now_ += 1ms;
    beat({.newest = 9, .epoch = 2});
    EXPECT_EQ(stream_.epoch(), Epoch{2});
    EXPECT_EQ(stream_.next(), Sequence{10});
}

TEST_F(SourceStreamTest, OnlyDatagramsSentJustNowAreCurrent) {
    now_ = kEpochStart + 60s;
    beat({.newest = 5});
    const auto sent = stream_time_at(kEpochStart, now_);
    EXPECT_TRUE(stream_.is_current(Epoch{3}, sent, now_ + 10ms));
    EXPECT_FALSE(stream_.is_current(Epoch{3}, sent, now_ + SourceStream::kCurrent));
    EXPECT_FALSE(stream_.is_current(Epoch{2}, sent, now_));
}

TEST_F(SourceStreamTest, OldDatagramSentAgainDoesNotMoveTheClock) {
    now_ = kEpochStart + 60s;
    data(notes(1, 1));
    const auto before = stream_.stream_time(now_);
    stream_.on_data(
        {.head = {.source = kSource, .epoch = {3}, .sent_us = 1000, .newest = {1}}, .blocks = {}},
        now_);
    EXPECT_EQ(stream_.stream_time(now_), before);
}

TEST_F(SourceStreamTest, JoiningWithAnOldDatagramIsFoundOutByTheNextOne) {
    now_ = kEpochStart + 60s;
    stream_.on_data({.head = {.source = kSource,
                              .epoch = {3},
                              .sent_us = 10'000'000,
                              .newest = {40},
                              .first_new = {41}},
                     .blocks = {}},
                    now_);
    tick(2ms);
    data(notes(901, 901), {.first_new = 901});
    EXPECT_EQ(log_.numbers(), std::vector{901U}) << "and not what came since 10 s";
    pass(20ms);
    for (const auto& nack : log_.nacks) EXPECT_TRUE(nack.live.empty());
    EXPECT_EQ(stream_.counters().lost, 0U);
}

TEST_F(SourceStreamTest, DelayedFirstDatagramOfAYoungEpochCostsNothing) {
    now_ = kEpochStart + 300ms;
    stream_.on_data(
        {.head = {.source = kSource, .epoch = {3}, .sent_us = 1000, .newest = {1}}, .blocks = {}},
        now_);
    data(notes(1, 5));
    EXPECT_EQ(log_.numbers(), (std::vector<std::uint32_t>{1, 2, 3, 4, 5}));
}

TEST_F(SourceStreamTest, ForgottenStreamBeginsAnewWithWhateverItHears) {
    data(notes(1, 5));
    stream_.forget();
    EXPECT_FALSE(stream_.heard());
    EXPECT_EQ(stream_.next_due(), kNever);
    data(notes(1, 2), {.epoch = 1});
    EXPECT_TRUE(stream_.heard());
    EXPECT_EQ(stream_.epoch(), Epoch{1});
    EXPECT_EQ(log_.numbers(), (std::vector<std::uint32_t>{1, 2, 3, 4, 5, 1, 2}));
}

/// Music waits behind a long SysEx: it must not wait once for each fragment that never comes.
TEST_F(SourceStreamTest, FragmentsLostTogetherAreGivenUpTogether) {
    const std::array<std::byte, 4> bytes{};
    const auto fragment = [&](std::uint32_t number) {
        stream_.on_bulk({.source = kSource, .epoch = {3}, .sequence = {number}, .bytes = bytes});
    };
    beat({});
    for (const auto number : {1U, 3U, 5U}) fragment(number);
    const auto wait = StreamOptions{}.bulk_hold + 10ms;
    const auto hear = [&](std::uint32_t newest_bulk) {
        for (const auto end = now_ + wait; now_ < end; pass(5ms))
            beat({.newest_bulk = newest_bulk});
    };
    pass(wait / 2);
    fragment(7);  // what is missing since then is waited for as long
    hear(7);
    EXPECT_EQ(stream_.counters().lost_fragments, 2U);
    hear(7);
    EXPECT_EQ(stream_.counters().lost_fragments, 3U);
}

}  // namespace
}  // namespace midinet::path
