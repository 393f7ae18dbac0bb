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
    /// Asks as soon as it may, until it has asked `times`. Gives when the last question went out.
    TimePoint ask(int times) {
        for (; times > 0; now_ += 10us)
            if (timer_.ask(now_)) --times;
        return now_ - 10us;
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

TEST_F(RepairTimerTest, QuestionsAreRepeatedAtTheRepairTimeAndAfterSomeSlowerAndSlower) {
    timer_.begin(kNow);
    std::vector<TimePoint> asked;
    for (auto t = kNow; t < kNow + 50ms; t += 10us)
        if (timer_.ask(t)) asked.push_back(t);
    const auto pause = [&](std::size_t after) { return asked.at(after) - asked.at(after - 1); };
    ASSERT_GT(asked.size(), RepairTimer::kAsks + 1U);
    for (std::size_t i = 1; i < RepairTimer::kAsks; ++i)
        EXPECT_EQ(pause(i), RepairTimer::kFirstGuess) << i;
    for (std::size_t i = RepairTimer::kAsks; i < asked.size(); ++i) {
        EXPECT_GE(pause(i), std::min<Duration>(pause(i - 1) + 1us, RepairTimer::kMaxTimeout));
        EXPECT_LE(pause(i), RepairTimer::kMaxTimeout);
    }
}

TEST_F(RepairTimerTest, BeginningAgainDoesNotLengthenTheWait) {
    timer_.begin(kNow);
    ask(RepairTimer::kLeastAsks);
    timer_.begin(now_);
    EXPECT_FALSE(timer_.expired(kNow + timer_.hold() - 1ns));
    EXPECT_TRUE(timer_.expired(kNow + timer_.hold()));
}

TEST_F(RepairTimerTest, ProgressBeginsTheWaitAnew) {
    timer_.begin(kNow);
    const auto progress = ask(RepairTimer::kLeastAsks);
    timer_.progress(progress);
    EXPECT_FALSE(timer_.expired(progress + timer_.hold() - 1ns));
    ask(RepairTimer::kLeastAsks - 1);
    EXPECT_TRUE(timer_.expired(progress + timer_.hold()));
}

TEST_F(RepairTimerTest, NothingIsGivenUpBeforeItWasAskedForOftenEnough) {
    timer_.begin(kNow);
    for (int asked = 0; asked < RepairTimer::kLeastAsks; ++asked) {
        EXPECT_FALSE(timer_.expired(now_ + 1s)) << "after " << asked << " questions";
        EXPECT_LE(timer_.next_due(), now_ + 1s);
        ask(1);
    }
    EXPECT_TRUE(timer_.expired(now_ + 1s));
}

TEST_F(RepairTimerTest, NothingIsGivenUpBeforeTheLastAnswerHadItsTime) {
    timer_.begin(kNow - 1s);
    const auto asked = ask(RepairTimer::kLeastAsks);
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
