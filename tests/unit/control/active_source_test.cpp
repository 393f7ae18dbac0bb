// Which source is played.
#include "control/active_source.hpp"

#include <gtest/gtest.h>

namespace midinet::control {
namespace {

constexpr Duration kBeat = 3ms;
constexpr SourceId kA{1};
constexpr SourceId kB{2};
constexpr SourceId kC{3};

class ActiveSourceTest : public ::testing::Test {
  protected:
    /// Beats of `alive` and a judgement every `step`, as an engine lives; gives what was decided.
    void live(Duration time, std::vector<SourceId> alive) {
        for (const auto end = now_ + time; now_ < end;) {
            now_ += 1ms;
            if (now_.time_since_epoch() % kBeat == Duration::zero())
                for (const auto source : alive) chooser_.on_heard(source, kBeat, now_);
            judge();
        }
    }
    void judge() {
        const auto decision = chooser_.judge(now_);
        if (decision.play) {
            played_.push_back(*decision.play);
            played_at_ = now_;
        }
        if (decision.silent) {
            silent_.push_back(*decision.silent);
            silent_at_ = now_;
        }
    }
    void hear(SourceId source) { chooser_.on_heard(source, kBeat, now_); }

    ActiveSource chooser_{{}};
    TimePoint now_{99s};
    std::vector<SourceId> played_;
    std::vector<SourceId> silent_;
    TimePoint played_at_{};
    TimePoint silent_at_{};
};

TEST_F(ActiveSourceTest, NobodyIsPlayedWhileNobodyIsHeard) {
    judge();
    EXPECT_TRUE(played_.empty());
    EXPECT_EQ(chooser_.active(), std::nullopt);
    EXPECT_EQ(chooser_.next_due(), kNever);
}

TEST_F(ActiveSourceTest, FirstHeardIsPlayedAndDecidedOnce) {
    live(100ms, {kB});
    EXPECT_EQ(played_, std::vector{kB});
    EXPECT_TRUE(chooser_.alive(kB, now_));
    EXPECT_FALSE(chooser_.alive(kA, now_));
}

TEST_F(ActiveSourceTest, LowerIdHeardSoonAfterTheFirstTakesOver) {
    live(500ms, {kB});
    live(100ms, {kA, kB});
    EXPECT_EQ(played_, (std::vector{kB, kA}));
}

TEST_F(ActiveSourceTest, LowerIdHeardLaterDoesNotTakeOver) {
    live(1100ms, {kB});
    live(1s, {kA, kB});
    EXPECT_EQ(played_, std::vector{kB});
}

TEST_F(ActiveSourceTest, HigherIdNeverTakesOverFromALivingSource) {
    live(500ms, {kA});
    live(2s, {kA, kB});
    EXPECT_EQ(played_, std::vector{kA});
}

TEST_F(ActiveSourceTest, StandbyTakesOverWithinThreeBeatsOfSilence) {
    live(2s, {kA, kB});
    const auto died = now_;
    live(50ms, {kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
    EXPECT_LE(played_at_ - died, 3 * kBeat + 1ms);
    EXPECT_GE(played_at_ - died, 2 * kBeat);
    EXPECT_TRUE(silent_.empty()) << "the show went on";
}

TEST_F(ActiveSourceTest, TwoMissedBeatsAreNoDeath) {
    live(2s, {kA, kB});
    live(2 * kBeat, {kB});
    live(100ms, {kA, kB});
    EXPECT_EQ(played_, std::vector{kA});
}

TEST_F(ActiveSourceTest, LowestLivingIdTakesOver) {
    live(2s, {kA, kB, kC});
    live(50ms, {kB, kC});
    EXPECT_EQ(played_.back(), kB);
    live(50ms, {kC});
    EXPECT_EQ(played_.back(), kC);
}

TEST_F(ActiveSourceTest, ItNeverReturnsByItself) {
    live(2s, {kA, kB});
    live(50ms, {kB});
    live(5s, {kA, kB});
    EXPECT_EQ(chooser_.active(), kB);
    EXPECT_EQ(played_.size(), 2U);
}

TEST_F(ActiveSourceTest, LoneSourceIsGivenMorePatienceAndReleasedOnce) {
    live(2s, {kA});
    const auto died = now_;
    live(2s, {});
    EXPECT_EQ(silent_, std::vector{kA});
    EXPECT_GE(silent_at_ - died, 100ms - kBeat);
    EXPECT_LE(silent_at_ - died, 102ms);
    EXPECT_EQ(chooser_.active(), kA);
    EXPECT_EQ(chooser_.next_due(), kNever) << "there is nothing left to decide";
}

TEST_F(ActiveSourceTest, SilentSourceThatReturnsIsStillTheActiveOneAndMayFallSilentAgain) {
    live(2s, {kA});
    live(200ms, {});
    live(200ms, {kA});
    EXPECT_TRUE(chooser_.alive(kA, now_));
    live(200ms, {});
    EXPECT_EQ(played_, std::vector{kA});
    EXPECT_EQ(silent_, (std::vector{kA, kA}));
}

TEST_F(ActiveSourceTest, SourceThatAppearsAfterTheLoneOneFellSilentTakesOver) {
    live(2s, {kA});
    live(200ms, {});
    live(50ms, {kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
}

TEST_F(ActiveSourceTest, GoodbyeHandsOverAtOnce) {
    live(2s, {kA, kB});
    chooser_.on_goodbye(kA);
    judge();
    EXPECT_EQ(played_, (std::vector{kA, kB}));
}

TEST_F(ActiveSourceTest, GoodbyeOfALoneSourceSilencesItAtOnce) {
    live(2s, {kA});
    chooser_.on_goodbye(kA);
    judge();
    EXPECT_EQ(silent_, std::vector{kA});
}

TEST_F(ActiveSourceTest, DatagramsThatWereStillOnTheirWayDoNotUndoAGoodbye) {
    live(2s, {kA});
    chooser_.on_goodbye(kA);
    now_ += 20ms;
    hear(kA);
    EXPECT_FALSE(chooser_.alive(kA, now_));
    now_ += 40ms;
    hear(kA);
    EXPECT_TRUE(chooser_.alive(kA, now_)) << "and yet it may come back";
}

TEST_F(ActiveSourceTest, OwnStallIsNobodysDeath) {
    live(2s, {kA, kB});
    now_ += 500ms;  // we were stopped; only B's datagrams were still in our sockets
    hear(kB);
    judge();
    EXPECT_EQ(chooser_.active(), kA);
    live(100ms, {kA, kB});
    EXPECT_EQ(played_, std::vector{kA});
}

TEST_F(ActiveSourceTest, DeathDuringOurOwnStallIsSeenSoonAfterIt) {
    live(2s, {kA, kB});
    now_ += 500ms;
    const auto woken = now_;
    live(50ms, {kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
    EXPECT_LE(played_at_ - woken, 3 * kBeat + 1ms);
}

TEST_F(ActiveSourceTest, DueWhenTheActiveSourceWouldMissItsBeats) {
    hear(kA);
    judge();
    EXPECT_EQ(chooser_.next_due(), now_ + 3 * kBeat + 1us);
}

TEST_F(ActiveSourceTest, JudgingOnlyWhenDueFindsADeathToo) {
    live(2s, {kA, kB});
    const auto died = now_;
    while (played_.size() < 2 && now_ < died + 1s) {
        hear(kB);
        now_ = std::min(chooser_.next_due(), now_ + kBeat);
        judge();
    }
    EXPECT_LE(played_at_ - died, 3 * kBeat + 1us);
}

TEST_F(ActiveSourceTest, SlowBeatersAreJudgedByTheirOwnInterval) {
    for (int i = 0; i < 20; ++i) {
        chooser_.on_heard(kA, 100ms, now_);
        now_ += 90ms;
        hear(kB);
        judge();
    }
    EXPECT_EQ(played_.back(), kA);
    EXPECT_TRUE(chooser_.alive(kA, now_ + 200ms));
}

TEST_F(ActiveSourceTest, OneMoreThanFitsReplacesTheLongestSilent) {
    live(2s, {kA, kB, kC, SourceId{4}});
    live(50ms, {kB, kC, SourceId{4}});
    hear(SourceId{5});
    EXPECT_TRUE(chooser_.alive(SourceId{5}, now_));
    EXPECT_EQ(chooser_.active(), kB);
}

TEST_F(ActiveSourceTest, OneMoreThanFitsNeverReplacesTheActiveOne) {
    live(2s, {kA, kB, kC, SourceId{4}});
    now_ += 1ms;
    for (const auto source : {kB, kC, SourceId{4}, SourceId{5}}) hear(source);
    judge();
    EXPECT_EQ(played_, std::vector{kA}) << "it was heard a millisecond before the others";
    EXPECT_FALSE(chooser_.alive(SourceId{5}, now_));
}

}  // namespace
}  // namespace midinet::control
