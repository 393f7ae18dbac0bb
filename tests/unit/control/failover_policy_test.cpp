// Which host is played, and when another one.
#include "control/failover_policy.hpp"

#include <gtest/gtest.h>

#include <map>

namespace midinet::control {
namespace {

constexpr Duration kBeat = 3ms;
/// Three beats, and the grace of the last.
constexpr Duration kLimit = 3 * kBeat + kBeat / 4;
constexpr SourceId kA{1};
constexpr SourceId kB{2};
constexpr SourceId kC{3};

class FailoverPolicyTest : public ::testing::Test {
  protected:
    /// Beats of `alive` and a judgement every `step`, as an engine lives; gives what was decided.
    void live(Duration time, std::vector<SourceId> alive) {
        for (const auto end = now_ + time; now_ < end;) {
            now_ += 1ms;
            if (now_.time_since_epoch() % kBeat == Duration::zero())
                for (const auto source : alive) hear(source);
            judge();
        }
    }
    void judge() {
        const auto decision = policy_.judge(now_);
        if (decision.play) {
            played_.push_back(*decision.play);
            played_at_ = now_;
            why_ = decision.why;
        }
        if (decision.silent) {
            silent_.push_back(*decision.silent);
            silent_at_ = now_;
        }
    }
    void hear(SourceId source) {
        wire::Heartbeat beat{.source = source,
                             .interval_us = static_cast<std::uint16_t>(to_us(interval_)),
                             .failover = rules_};
        if (const auto told = tells_.find(source); told != tells_.end())
            beat.appointment = told->second;
        policy_.on_beat(beat, now_);
    }

    FailoverPolicy policy_{{}};
    TimePoint now_{99s};
    std::vector<SourceId> played_;
    std::vector<SourceId> silent_;
    TimePoint played_at_{};
    TimePoint silent_at_{};
    SwitchReason why_ = SwitchReason::First;
    Duration interval_ = kBeat;
    wire::FailoverPolicy rules_;
    std::map<SourceId, wire::Appointment> tells_;  ///< what each host's beats say
};

TEST_F(FailoverPolicyTest, NobodyIsPlayedWhileNobodyIsHeard) {
    judge();
    EXPECT_TRUE(played_.empty());
    EXPECT_EQ(policy_.active(), std::nullopt);
    EXPECT_EQ(policy_.next_due(), kNever);
}

TEST_F(FailoverPolicyTest, FirstHeardIsPlayedAndDecidedOnce) {
    live(100ms, {kB});
    EXPECT_EQ(played_, std::vector{kB});
    EXPECT_TRUE(policy_.alive(kB, now_));
    EXPECT_FALSE(policy_.alive(kA, now_));
}

TEST_F(FailoverPolicyTest, LowerIdHeardSoonAfterTheFirstTakesOver) {
    live(500ms, {kB});
    live(100ms, {kA, kB});
    EXPECT_EQ(played_, (std::vector{kB, kA}));
}

TEST_F(FailoverPolicyTest, OfTwoThatHaveNotSaidWhatTheyAreTheFirstHeardIsPlayed) {
    policy_.on_heard(kB, now_);
    policy_.on_heard(kA, now_);
    judge();
    EXPECT_EQ(played_, std::vector{kB});
}

TEST_F(FailoverPolicyTest, HostThatHasNotSaidWhatItIsTakesOverFromNobody) {
    live(100ms, {kB});
    policy_.on_heard(kA, now_);
    judge();
    EXPECT_EQ(played_, std::vector{kB});
    hear(kA);
    judge();
    EXPECT_EQ(played_, (std::vector{kB, kA}));
}

TEST_F(FailoverPolicyTest, WhereNobodyElseLivesAHostIsPlayedAsSoonAsItHasSaidWhatItIs) {
    live(100ms, {kB});
    policy_.on_goodbye(kB);
    policy_.on_heard(kA, now_);
    judge();
    EXPECT_EQ(played_, std::vector{kB});
    EXPECT_TRUE(silent_.empty()) << "its beat is on the way";
    hear(kA);
    judge();
    EXPECT_EQ(played_, (std::vector{kB, kA}));
    EXPECT_TRUE(silent_.empty());
}

TEST_F(FailoverPolicyTest, SwitchToAHostThatHasNotSaidWhatItIsWaitsUntilItHas) {
    live(2s, {kA});
    tells_[kA] = {.source = kB, .term = 1};
    policy_.on_heard(kB, now_);
    hear(kA);
    judge();
    EXPECT_EQ(played_, std::vector{kA});
    hear(kB);
    judge();
    EXPECT_EQ(played_, (std::vector{kA, kB}));
    EXPECT_EQ(why_, SwitchReason::Appointed);
}

TEST_F(FailoverPolicyTest, LowerIdHeardLaterDoesNotTakeOver) {
    live(1100ms, {kB});
    live(1s, {kA, kB});
    EXPECT_EQ(played_, std::vector{kB});
}

TEST_F(FailoverPolicyTest, HigherIdNeverTakesOverFromALivingSource) {
    live(500ms, {kA});
    live(2s, {kA, kB});
    EXPECT_EQ(played_, std::vector{kA});
}

TEST_F(FailoverPolicyTest, StandbyTakesOverWhenThreeBeatsAreMissing) {
    live(2s, {kA, kB});
    const auto died = now_;
    live(50ms, {kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
    EXPECT_LE(played_at_ - died, kLimit + 1ms);
    EXPECT_GE(played_at_ - died, 2 * kBeat);
    EXPECT_EQ(why_, SwitchReason::Silent);
    EXPECT_TRUE(silent_.empty()) << "the show went on";
}

TEST_F(FailoverPolicyTest, TwoMissedBeatsAreNoDeath) {
    live(2s, {kA, kB});
    live(2 * kBeat, {kB});
    live(100ms, {kA, kB});
    EXPECT_EQ(played_, std::vector{kA});
}

TEST_F(FailoverPolicyTest, WhoHearsNobodyLeavesNobody) {
    for (const auto phase : {0ms, 1ms, 2ms}) {
        live(2s, {kA});
        now_ += phase;
        hear(kA);
        for (const auto late : {1ms, 2ms}) {
            now_ += late;
            hear(kB);  // the last that is heard before our cable is pulled
            live(500ms, {});
            EXPECT_EQ(policy_.active(), kA)
                << "phase " << phase.count() << ", late " << late.count();
            live(2s, {kA, kB});
        }
    }
    EXPECT_EQ(played_, std::vector{kA});
}

TEST_F(FailoverPolicyTest, WhoIsHeardFirstWhenTheLinkIsBackIsNotPlayedForThat) {
    live(2s, {kA, kB});
    live(500ms, {});
    EXPECT_EQ(silent_, std::vector{kA});
    live(2 * kBeat, {kB});
    live(2s, {kA, kB});
    EXPECT_EQ(played_, std::vector{kA});
}

TEST_F(FailoverPolicyTest, WhoIsStillHeardAloneWhenTheLinkIsBackIsPlayedSoon) {
    live(2s, {kA, kB});
    live(500ms, {});
    const auto back = now_;
    live(50ms, {kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
    EXPECT_LE(played_at_ - back, kLimit + 2 * kBeat);
}

TEST_F(FailoverPolicyTest, OneLostBeatOfTheStandbyDelaysNothing) {
    live(2s, {kA, kB});
    now_ += kBeat;
    hear(kB);
    live(7ms, {});  // the next one of both is lost
    EXPECT_EQ(policy_.active(), kB);
}

TEST_F(FailoverPolicyTest, LowestLivingIdTakesOver) {
    live(2s, {kA, kB, kC});
    live(50ms, {kB, kC});
    EXPECT_EQ(played_.back(), kB);
    live(50ms, {kC});
    EXPECT_EQ(played_.back(), kC);
}

TEST_F(FailoverPolicyTest, ItNeverReturnsByItself) {
    live(2s, {kA, kB});
    live(50ms, {kB});
    live(5s, {kA, kB});
    EXPECT_EQ(policy_.active(), kB);
    EXPECT_EQ(played_.size(), 2U);
}

TEST_F(FailoverPolicyTest, LoneSourceIsGivenMorePatienceAndReleasedOnce) {
    live(2s, {kA});
    const auto died = now_;
    live(2s, {});
    EXPECT_EQ(silent_, std::vector{kA});
    EXPECT_GE(silent_at_ - died, 100ms - kBeat);
    EXPECT_LE(silent_at_ - died, 102ms);
    EXPECT_EQ(policy_.active(), kA);
    EXPECT_EQ(policy_.next_due(), kNever) << "there is nothing left to decide";
}

TEST_F(FailoverPolicyTest, SilentSourceThatReturnsIsStillTheActiveOneAndMayFallSilentAgain) {
    live(2s, {kA});
    live(200ms, {});
    live(200ms, {kA});
    EXPECT_TRUE(policy_.alive(kA, now_));
    live(200ms, {});
    EXPECT_EQ(played_, std::vector{kA});
    EXPECT_EQ(silent_, (std::vector{kA, kA}));
}

TEST_F(FailoverPolicyTest, SourceThatAppearsAfterTheLoneOneFellSilentTakesOver) {
    live(2s, {kA});
    live(200ms, {});
    live(50ms, {kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
}

TEST_F(FailoverPolicyTest, GoodbyeHandsOverAtOnce) {
    live(2s, {kA, kB});
    policy_.on_goodbye(kA);
    judge();
    EXPECT_EQ(played_, (std::vector{kA, kB}));
}

TEST_F(FailoverPolicyTest, GoodbyeOfALoneSourceSilencesItAtOnce) {
    live(2s, {kA});
    policy_.on_goodbye(kA);
    judge();
    EXPECT_EQ(silent_, std::vector{kA});
}

TEST_F(FailoverPolicyTest, DatagramsThatWereStillOnTheirWayDoNotUndoAGoodbye) {
    live(2s, {kA});
    policy_.on_goodbye(kA);
    now_ += 20ms;
    hear(kA);
    EXPECT_FALSE(policy_.alive(kA, now_));
    now_ += 40ms;
    hear(kA);
    EXPECT_TRUE(policy_.alive(kA, now_)) << "and yet it may come back";
}

TEST_F(FailoverPolicyTest, OwnStallIsNobodysDeath) {
    live(2s, {kA, kB});
    now_ += 500ms;  // we were stopped; only B's datagrams were still in our sockets
    hear(kB);
    judge();
    EXPECT_EQ(policy_.active(), kA);
    live(100ms, {kA, kB});
    EXPECT_EQ(played_, std::vector{kA});
}

TEST_F(FailoverPolicyTest, DeathDuringOurOwnStallIsSeenSoonAfterIt) {
    live(2s, {kA, kB});
    now_ += 500ms;
    const auto woken = now_;
    live(50ms, {kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
    EXPECT_LE(played_at_ - woken, kLimit + 1ms);
}

TEST_F(FailoverPolicyTest, DueWhenTheActiveSourceMissesABeatAndWhenItMissedThemAll) {
    hear(kA);
    judge();
    const auto last = now_;
    std::vector<Duration> due;
    for (now_ = policy_.next_due(); now_ < last + 11ms; now_ = policy_.next_due()) {
        due.push_back(now_ - last);
        judge();
    }
    EXPECT_EQ(due, (std::vector<Duration>{kBeat * 3 / 2, kBeat * 3, kLimit + 1us}));
}

TEST_F(FailoverPolicyTest, JudgingOnlyWhenDueFindsADeathToo) {
    live(2s, {kA, kB});
    const auto died = now_;
    while (played_.size() < 2 && now_ < died + 1s) {
        hear(kB);
        now_ = std::min(policy_.next_due(), now_ + kBeat);
        judge();
    }
    EXPECT_LE(played_at_ - died, kLimit + 1us);
}

TEST_F(FailoverPolicyTest, SlowBeatersAreJudgedByTheirOwnInterval) {
    interval_ = 60ms;
    for (int i = 0; i < 20; ++i) {
        hear(kA);
        hear(kB);
        now_ += 55ms;
        judge();
    }
    EXPECT_EQ(played_.back(), kA);
    EXPECT_TRUE(policy_.alive(kA, now_ + 125ms));
}

TEST_F(FailoverPolicyTest, OneMoreThanFitsReplacesTheLongestSilent) {
    live(2s, {kA, kB, kC, SourceId{4}});
    live(50ms, {kB, kC, SourceId{4}});
    hear(SourceId{5});
    EXPECT_TRUE(policy_.alive(SourceId{5}, now_));
    EXPECT_EQ(policy_.active(), kB);
}

TEST_F(FailoverPolicyTest, OneMoreThanFitsNeverReplacesTheActiveOne) {
    live(2s, {kA, kB, kC, SourceId{4}});
    now_ += 1ms;
    for (const auto source : {kB, kC, SourceId{4}, SourceId{5}}) hear(source);
    judge();
    EXPECT_EQ(played_, std::vector{kA}) << "it was heard a millisecond before the others";
    EXPECT_FALSE(policy_.alive(SourceId{5}, now_));
}

TEST_F(FailoverPolicyTest, BeatThatComesALittleAfterTheThirdMissIsInTime) {
    live(2s, {kA, kB});
    now_ += 3 * kBeat + 1ms;
    hear(kB);
    hear(kA);
    judge();
    EXPECT_EQ(played_, std::vector{kA});
}

TEST_F(FailoverPolicyTest, MissThresholdOfTheHostsIsObeyed) {
    rules_.misses = 10;
    live(2s, {kA, kB});
    live(9 * kBeat, {kB});
    EXPECT_EQ(played_, std::vector{kA});
    live(3 * kBeat, {kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
}

TEST_F(FailoverPolicyTest, FloorOfASlowLinkIsWaitedFor) {
    policy_ = FailoverPolicy{{.floor = 60ms}};
    live(2s, {kA, kB});
    live(58ms, {kB});
    EXPECT_EQ(played_, std::vector{kA});
    live(5ms, {kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
}

class AdaptiveFloorTest : public FailoverPolicyTest {
  protected:
    /// A gap of two lost beats, then regular ones.
    void live_through_a_near_miss() {
        live(2s, {kA, kB});
        live(2 * kBeat, {kB});
        live(1s, {kA, kB});
    }
    void live_through_two() {
        live_through_a_near_miss();
        live_through_a_near_miss();
    }
};

TEST_F(AdaptiveFloorTest, OneNearMissTeachesNothing) {
    live_through_a_near_miss();
    EXPECT_EQ(policy_.limit(kA), kLimit);
    live(11ms, {kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
}

TEST_F(AdaptiveFloorTest, SecondNearMissMakesTheNextOneBearable) {
    live_through_two();
    live(11ms, {kB});
    live(1s, {kA, kB});
    EXPECT_EQ(played_, std::vector{kA});
    EXPECT_GT(policy_.limit(kA), kLimit);
    EXPECT_LE(policy_.limit(kA), 50ms);
}

TEST_F(AdaptiveFloorTest, LinkThatLosesBeatsIsGivenOneMore) {
    live(2s, {kA, kB});
    for (int i = 0; i < 16; ++i) {
        EXPECT_EQ(policy_.limit(kA), kLimit) << i << " were lost";
        live(kBeat, {kB});
        live(300ms, {kA, kB});
    }
    EXPECT_EQ(policy_.limit(kA), kLimit + kBeat);
    live(2min, {kA, kB});
    EXPECT_EQ(policy_.limit(kA), kLimit) << "it loses none any more";
}

TEST_F(AdaptiveFloorTest, NearMissesCountForTwoMinutes) {
    live_through_two();
    live(110s, {kA, kB});
    EXPECT_GT(policy_.limit(kA), kLimit);
    live(10s, {kA, kB});
    EXPECT_EQ(policy_.limit(kA), kLimit);
}

TEST_F(AdaptiveFloorTest, OutageTeachesNothing) {
    for (int i = 0; i < 3; ++i) {
        live(2s, {kA, kB});
        live(500ms, {kB});
    }
    live(1s, {kA, kB});
    EXPECT_EQ(policy_.limit(kA), kLimit);
    EXPECT_LE(policy_.gaps(kA)->max(), 2 * kBeat) << "and is no near miss";
}

TEST_F(AdaptiveFloorTest, RestartOfAHostTeachesNothing) {
    for (int i = 0; i < 3; ++i) {
        live(2s, {kA, kB});
        now_ += 30ms;
        policy_.on_restart(kA);
    }
    live(100ms, {kA, kB});
    EXPECT_EQ(policy_.limit(kA), kLimit);
}

TEST_F(AdaptiveFloorTest, OwnStallTeachesNothing) {
    for (int i = 0; i < 3; ++i) {
        live(2s, {kA, kB});
        now_ += 2 * kBeat + 2ms;  // we were stopped, and both hosts' beats with us
        hear(kA);
        hear(kB);
        judge();
    }
    live(100ms, {kA, kB});
    EXPECT_EQ(policy_.limit(kA), kLimit);
    EXPECT_LT(policy_.gaps(kA)->max(), 2 * kBeat);
}

TEST_F(AdaptiveFloorTest, CanBeSwitchedOff) {
    policy_ = FailoverPolicy{{.adaptive = false}};
    live_through_two();
    EXPECT_EQ(policy_.limit(kA), kLimit);
}

TEST_F(AdaptiveFloorTest, ClosestCallIsKept) {
    live_through_a_near_miss();
    EXPECT_EQ(policy_.gaps(kA)->max(), 3 * kBeat);
    EXPECT_LE(policy_.gaps(kA)->quantile(0.5), kBeat + 100us);
}

class DisarmedTest : public FailoverPolicyTest {
  protected:
    void SetUp() override { rules_.automatic = false; }
};

TEST_F(DisarmedTest, SilentHostIsReleasedAndNotLeft) {
    live(2s, {kA, kB});
    live(1s, {kB});
    EXPECT_EQ(played_, std::vector{kA});
    EXPECT_EQ(silent_, std::vector{kA});
}

TEST_F(DisarmedTest, HandStillSwitches) {
    live(2s, {kA, kB});
    tells_[kB] = {kB, 1};
    live(10ms, {kA, kB});
    EXPECT_EQ(played_, (std::vector{kA, kB}));
}

class ReturnTest : public FailoverPolicyTest {
  protected:
    void SetUp() override {
        rules_.returns = true;
        rules_.lockout_s = 5;
        live(2s, {kA, kB});
        live(1s, {kB});
        played_.clear();
    }
};

TEST_F(ReturnTest, PreferredHostIsReturnedToAfterTheLockout) {
    live(5s - kBeat, {kA, kB});
    EXPECT_TRUE(played_.empty());
    live(2 * kBeat, {kA, kB});
    EXPECT_EQ(played_, std::vector{kA});
    EXPECT_EQ(why_, SwitchReason::Returned);
}

TEST_F(ReturnTest, HostThatDiesAgainMeanwhileHasToLiveThroughAllOfIt) {
    live(3s, {kA, kB});
    live(100ms, {kB});
    live(3s, {kA, kB});
    EXPECT_TRUE(played_.empty());
}

TEST_F(ReturnTest, DeathOfThePlayedHostWaitsForNoLockout) {
    live(1s, {kA, kB});
    live(50ms, {kA});
    EXPECT_EQ(played_, std::vector{kA});
    EXPECT_EQ(why_, SwitchReason::Silent);
}

class AppointmentTest : public FailoverPolicyTest {
  protected:
    void SetUp() override { live(2s, {kA, kB, kC}); }
};

TEST_F(AppointmentTest, IsObeyedAtTheFirstBeatThatTellsOfIt) {
    tells_[kC] = {kC, 1};
    hear(kC);
    judge();
    EXPECT_EQ(played_, (std::vector{kA, kC}));
    EXPECT_EQ(why_, SwitchReason::Appointed);
}

TEST_F(AppointmentTest, LowerTermChangesNothing) {
    tells_[kC] = {kC, 2};
    live(10ms, {kA, kB, kC});
    tells_[kB] = {kB, 1};
    live(10ms, {kA, kB, kC});
    EXPECT_EQ(policy_.active(), kC);
    EXPECT_EQ(policy_.appointment(), (wire::Appointment{kC, 2}));
}

TEST_F(AppointmentTest, IsObeyedOnceAndADeathOverrulesIt) {
    for (const auto host : {kA, kB, kC}) tells_[host] = {kC, 1};
    live(10ms, {kA, kB, kC});
    live(50ms, {kA, kB});
    EXPECT_EQ(policy_.active(), kA);
    live(2s, {kA, kB, kC});
    EXPECT_EQ(policy_.active(), kA) << "no automatic return";
}

TEST_F(AppointmentTest, AppointedHostIsThePreferredOneOfWhoComesLater) {
    for (const auto host : {kA, kB, kC}) tells_[host] = {kC, 1};
    policy_ = FailoverPolicy{{}};
    live(10ms, {kA, kB, kC});
    EXPECT_EQ(policy_.active(), kC);
}

TEST_F(AppointmentTest, DeadHostIsNotSwitchedToWhenItReturns) {
    for (const auto host : {kA, kB}) tells_[host] = {kC, 1};
    live(100ms, {kA, kB});
    EXPECT_EQ(policy_.active(), kA);
    live(100ms, {kA, kB, kC});
    EXPECT_EQ(policy_.active(), kA) << "the moment has passed";
}

}  // namespace
}  // namespace midinet::control
