// The window over transits, by looks of virtual times.
#include "engine/recent_transits.hpp"

#include <gtest/gtest.h>

namespace midinet::engine {
namespace {

constexpr auto kEvery = control::plane::kTransitInterval;

class RecentTransitsTest : public testing::Test {
  protected:
    void play(int count, Duration transit) {
        for (int i = 0; i < count; ++i) all_.add(transit);
    }
    control::plane::RecentTransit look() {
        now_ += kEvery;
        return recent_.look(all_, now_);
    }
    Histogram all_;
    RecentTransits recent_;
    TimePoint now_{1h};
};

TEST_F(RecentTransitsTest, TheFirstLookIsOfAll) {
    play(10, 100us);
    const auto seen = look();
    EXPECT_EQ(seen.count, 10U);
    EXPECT_NEAR(seen.p50_us, 100, 4);
    EXPECT_NEAR(seen.p99_us, 100, 4);
}

TEST_F(RecentTransitsTest, WhatIsLateNowIsSeenAfterHoursOfWhatWasNot) {
    play(1'000'000, 100us);
    for (int i = 0; i < 10; ++i) (void)look();
    play(100, 90ms);
    const auto seen = look();
    EXPECT_EQ(seen.count, 100U);
    EXPECT_NEAR(seen.p50_us, 90'000, 3'000);
    EXPECT_NEAR(seen.p95_us, 90'000, 3'000);
    EXPECT_LT(all_.quantile(0.95), 1ms);
}

TEST_F(RecentTransitsTest, WhatWasLateIsForgottenAfterTenSeconds) {
    (void)look();
    play(100, 90ms);
    for (Duration age = kEvery; age <= control::plane::kRecentTransits; age += kEvery)
        EXPECT_EQ(look().count, 100U) << to_ms(age);
    EXPECT_EQ(look(), control::plane::RecentTransit{});
}

TEST_F(RecentTransitsTest, LooksThatComeMoreOftenNarrowTheWindowAndLoseNothing) {
    std::uint64_t counted = 0;
    for (int i = 0; i < 100; ++i) {
        play(1, 1ms);
        now_ += 1ms;
        counted = recent_.look(all_, now_).count;
    }
    EXPECT_GE(counted, 5U);
    EXPECT_LE(counted, 6U);
}

TEST_F(RecentTransitsTest, AfterALongPauseTheWindowIsThePause) {
    (void)look();
    play(7, 1ms);
    now_ += 1h;
    EXPECT_EQ(look().count, 7U);
}

}  // namespace
}  // namespace midinet::engine
