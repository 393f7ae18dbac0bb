// What a receiver measures: repair time, the source's clock.
#include "path/receive/clock_estimate.hpp"
#include "path/receive/repair_timer.hpp"

#include <gtest/gtest.h>

namespace midinet::path {
namespace {

constexpr TimePoint kNow{100s};

class RepairTimerTest : public ::testing::Test {
  protected:
    /// A gap that is asked for once and filled after `took`.
    void repair(Duration took) {
        timer_.begin(now_);
        now_ += 10ms;
        ASSERT_TRUE(timer_.ask(now_));
        now_ += took;
        timer_.end(now_, true);
        now_ += 100ms;
    }
    /// Asks as often as must be before a gap is given up. Gives the last question's time.
    TimePoint ask_enough(TimePoint from) {
        for (int i = 0; i < RepairTimer::kLeastAsks; ++i) {
            from = i == 0 ? from : from + timer_.timeout();
            EXPECT_TRUE(timer_.ask(from)) << i;
        }
        return from;
    }
    RepairTimer timer_{1500us, 30ms};
    TimePoint now_ = kNow;
};

TEST_F(RepairTimerTest, NothingIsDueWithoutAGap) {
    EXPECT_FALSE(timer_.open());
    EXPECT_FALSE(timer_.ask(kNow));
    EXPECT_FALSE(timer_.expired(kNow));
    EXPECT_EQ(timer_.next_due(), kNever);
}

TEST_F(RepairTimerTest, FirstQuestionComesAfterTheTimeOfAReorderedDatagram) {
    timer_.begin(kNow);
    EXPECT_EQ(timer_.next_due(), kNow + RepairTimer::kReorder);
    EXPECT_FALSE(timer_.ask(kNow + RepairTimer::kReorder - 1ns));
    EXPECT_TRUE(timer_.ask(kNow + RepairTimer::kReorder));
}

TEST_F(RepairTimerTest, QuestionsComeQuicklyAtFirstAndThenSlowerAndSlower) {
    timer_.begin(kNow);
    std::vector<TimePoint> asked;
    for (auto t = kNow; t < kNow + 50ms; t += 10us)
        if (timer_.ask(t)) asked.push_back(t);
    ASSERT_GE(asked.size(), RepairTimer::kAsks + 2U);
    for (std::size_t i = 1; i < RepairTimer::kAsks; ++i)
        EXPECT_EQ(asked[i] - asked[i - 1], RepairTimer::kFirstGuess);
    EXPECT_GT(asked[RepairTimer::kAsks] - asked[RepairTimer::kAsks - 1], RepairTimer::kFirstGuess);
    for (std::size_t i = 1; i < asked.size(); ++i)
        EXPECT_LE(asked[i] - asked[i - 1], RepairTimer::kMaxTimeout);
}

TEST_F(RepairTimerTest, BeginningAgainDoesNotLengthenTheWait) {
    timer_.begin(kNow);
    ask_enough(kNow + 300us);
    timer_.begin(kNow + 1ms);
    EXPECT_FALSE(timer_.expired(kNow + timer_.hold() - 1ns));
    EXPECT_TRUE(timer_.expired(kNow + timer_.hold()));
}

TEST_F(RepairTimerTest, ProgressBeginsTheWaitAnew) {
    timer_.begin(kNow);
    ask_enough(kNow + 300us);
    const auto filled = kNow + timer_.hold() - 1us;
    timer_.progress(filled);
    EXPECT_FALSE(timer_.expired(kNow + timer_.hold()));
    ask_enough(filled);
    EXPECT_FALSE(timer_.expired(filled + timer_.hold() - 1ns));
    EXPECT_TRUE(timer_.expired(filled + timer_.hold()));
}

TEST_F(RepairTimerTest, NothingIsGivenUpBeforeItWasAskedForThreeTimes) {
    timer_.begin(kNow);
    for (int i = 0; i < RepairTimer::kLeastAsks; ++i) {
        const auto late = kNow + (i + 1) * 1s;
        EXPECT_FALSE(timer_.expired(late));
        EXPECT_LE(timer_.next_due(), late);
        ASSERT_TRUE(timer_.ask(late));
    }
    EXPECT_TRUE(timer_.expired(kNow + 10s));
}

TEST_F(RepairTimerTest, NothingIsGivenUpBeforeTheLastAnswerHadItsTime) {
    timer_.begin(kNow);
    const auto asked = ask_enough(kNow + timer_.hold());
    EXPECT_FALSE(timer_.expired(asked + timer_.timeout() - 1ns));
    EXPECT_TRUE(timer_.expired(asked + timer_.timeout()));
    EXPECT_EQ(timer_.next_due(), asked + timer_.timeout());
}

TEST_F(RepairTimerTest, NextGapDoesNotAskWhileTheLastAnswerMayBeOnItsWay) {
    timer_.begin(kNow);
    ASSERT_TRUE(timer_.ask(kNow + 1ms));
    timer_.end(kNow + 1ms, false);
    timer_.begin(kNow + 1ms);
    EXPECT_FALSE(timer_.ask(kNow + 1ms + RepairTimer::kReorder));
    EXPECT_TRUE(timer_.ask(kNow + 1ms + RepairTimer::kMinTimeout));
}

TEST_F(RepairTimerTest, QuickRepairsShortenTheTimeoutToItsFloorAndTheHoldToItsMinimum) {
    for (int i = 0; i < 50; ++i) repair(100us);
    EXPECT_EQ(timer_.timeout(), RepairTimer::kMinTimeout);
    EXPECT_EQ(timer_.hold(),
              std::max<Duration>(1500us, RepairTimer::kAsks * RepairTimer::kMinTimeout));
}

TEST_F(RepairTimerTest, SlowRepairsLengthenTheTimeoutUpToItsCeiling) {
    repair(3ms);
    EXPECT_GE(timer_.timeout(), 3ms);
    for (int i = 0; i < 50; ++i) repair(500ms);
    EXPECT_EQ(timer_.timeout(), RepairTimer::kMaxTimeout);
    EXPECT_EQ(timer_.hold(), 30ms);
}

TEST_F(RepairTimerTest, SteadyRepairsConvergeOnTheTimeTheyTake) {
    for (int i = 0; i < 100; ++i) repair(2ms);
    EXPECT_GE(timer_.timeout(), 2ms);
    EXPECT_LE(timer_.timeout(), 2100us);
}

TEST_F(RepairTimerTest, RepairAfterTwoQuestionsMeasuresNothing) {
    timer_.begin(kNow);
    ASSERT_TRUE(timer_.ask(kNow + 1ms));
    ASSERT_TRUE(timer_.ask(kNow + 3ms));
    timer_.end(kNow + 20ms, true);
    EXPECT_EQ(timer_.timeout(), RepairTimer::kFirstGuess) << "whose answer was it?";
}

TEST_F(RepairTimerTest, GapGivenUpOrNeverAskedForMeasuresNothing) {
    timer_.begin(kNow);
    timer_.end(kNow + 20ms, true);
    timer_.begin(kNow + 30ms);
    ASSERT_TRUE(timer_.ask(kNow + 31ms));
    timer_.end(kNow + 60ms, false);
    EXPECT_EQ(timer_.timeout(), RepairTimer::kFirstGuess);
}

TEST(ClockEstimate, TakesTheFastestDatagram) {
    ClockEstimate clock;
    EXPECT_FALSE(clock.known());
    clock.sample(1'000'000, kNow + 1s + 300us);
    clock.sample(1'010'000, kNow + 1010ms + 50us);
    clock.sample(1'020'000, kNow + 1020ms + 900us);
    EXPECT_TRUE(clock.known());
    EXPECT_EQ(clock.epoch_start(), kNow + 50us);
}

TEST(ClockEstimate, FollowsAClockThatDriftsWithinTwoWindows) {
    ClockEstimate clock;
    for (int ms = 0; ms < 60'000; ms += 3) {  // 100 ppm slow
        const auto sent_us = static_cast<wire::StreamTime>(ms) * 1000;
        const auto true_start = kNow + 100ns * ms;
        clock.sample(sent_us, true_start + std::chrono::milliseconds{ms} + 50us);
        const auto error = true_start + 50us - clock.epoch_start();
        ASSERT_GE(error, Duration::zero());
        ASSERT_LE(error, 450us) << "after " << ms << " ms";
    }
}

TEST(ClockEstimate, ForgetsWhatIsOlderThanTwoWindows) {
    ClockEstimate clock;
    clock.sample(0, kNow);
    for (auto t = 0us; t <= 4100ms; t += 100ms)
        clock.sample(to_us(t), kNow + t + 5ms);  // the path became longer
    EXPECT_EQ(clock.epoch_start(), kNow + 5ms);
}

TEST(ClockEstimate, ResetForgetsEverything) {
    ClockEstimate clock;
    clock.sample(0, kNow);
    clock.reset();
    EXPECT_FALSE(clock.known());
    clock.sample(0, kNow + 7s);
    EXPECT_EQ(clock.epoch_start(), kNow + 7s);
}

}  // namespace
}  // namespace midinet::path
