// What lights answer is never taken for a loop; what goes round is stopped.
#include "path/echo/loop_guard.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <memory>

namespace midinet::path {
namespace {

constexpr PortIndex kPort{0};

midi::Message message(unsigned status, unsigned first, unsigned second) {
    return {static_cast<std::uint8_t>(status), static_cast<std::uint8_t>(first),
            static_cast<std::uint8_t>(second)};
}

class LoopGuardTest : public ::testing::Test {
  protected:
    void play(const midi::Message& m, PortIndex port = kPort) { guard_->on_played(port, m, now_); }
    bool comes_back(const midi::Message& m, PortIndex port = kPort) {
        return guard_->on_returned(port, m, now_);
    }
    void pass(Duration time) { now_ += time; }
    /// Played and sent back at once.
    void echo(const midi::Message& m) {
        play(m);
        EXPECT_TRUE(comes_back(m));
    }
    /// A message that a device and an application send to each other for ever, `copies` of it for
    /// each that the device gets. Gives how often it was let through.
    unsigned go_round(const midi::Message& m, unsigned copies, Duration half_a_turn) {
        unsigned passed = 0;
        unsigned under_way = 1;
        for (unsigned turn = 0; turn < 1000 && under_way > 0; ++turn) {
            for (unsigned n = 0; n < under_way; ++n) play(m);
            pass(half_a_turn);
            unsigned let_through = 0;
            for (unsigned n = 0; n < under_way; ++n) let_through += comes_back(m) ? 1U : 0U;
            passed += let_through;
            under_way = std::min(let_through * copies, 10'000U);
            pass(half_a_turn);
        }
        EXPECT_EQ(under_way, 0U) << "it still goes round";
        return passed;
    }
    const LoopCounters& counters() const { return guard_->counters(); }

    std::unique_ptr<LoopGuard> guard_ = std::make_unique<LoopGuard>();
    TimePoint now_{100s};
};

TEST_F(LoopGuardTest, LightsThatAnswerPadsAreNeverTouched) {
    Random random(3);
    for (unsigned press = 0; press < 20'000; ++press) {
        const auto pad = random.below(64);
        const bool fixed = random.chance(0.5);
        const auto velocity = fixed ? 127 : 1 + random.below(127);
        echo(message(0x90, pad, velocity));
        pass(Duration{1ms * (20 + random.below(60))});
        echo(message(random.chance(0.5) ? 0x80 : 0x90, pad, 0));
        pass(Duration{1ms * (15 + random.below(50))});
    }
    EXPECT_EQ(counters().cut, 0U);
    EXPECT_EQ(counters().echoes, 0U);
}

TEST_F(LoopGuardTest, ARollOnOnePadIsNoLoop) {
    for (unsigned hit = 0; hit < 2000; ++hit) {
        echo(message(0x99, 36, 127));
        pass(20ms);
        echo(message(0x99, 36, 0));
        pass(20ms);
    }
    EXPECT_EQ(counters().cut, 0U);
}

/// A program sends the newest value at the pace of its window.
TEST_F(LoopGuardTest, RingsThatFollowTheirKnobsAreNoEcho) {
    for (unsigned n = 0; n < 20'000; ++n) {
        const auto value = message(0xB0, 16, n % 128);
        play(value);
        if (n % 5 == 0) {
            EXPECT_TRUE(comes_back(value));
        }
        pass(2ms);
    }
    EXPECT_EQ(counters().cut, 0U);
    EXPECT_EQ(counters().echoes, 0U);
}

TEST_F(LoopGuardTest, AThruOfAFaderIsCountedAndLetThrough) {
    for (unsigned n = 0; n < 2000; ++n) {
        echo(message(0xE0, n % 128, (n / 128) % 128));
        pass(3ms);
    }
    EXPECT_EQ(counters().cut, 0U);
    EXPECT_GT(counters().echoes, 10U);
}

TEST_F(LoopGuardTest, ASlowThruAndOneOfOtherValuesAreNoEcho) {
    for (unsigned n = 0; n < 1000; ++n) {
        echo(message(0xB0, 7, n % 128));
        pass(20ms);
    }
    for (unsigned n = 0; n < 1000; ++n) {
        play(message(0xB0, 7, n % 128));
        EXPECT_TRUE(comes_back(message(0xB0, 7, (n + 64) % 128)));
        EXPECT_TRUE(comes_back(message(0xB1, 7, n % 128)));
        pass(3ms);
    }
    EXPECT_EQ(counters().echoes, 0U);
}

TEST_F(LoopGuardTest, ALoopEnds) {
    for (const auto& m : {message(0x90, 60, 100), message(0x80, 60, 0), message(0xB0, 7, 64),
                          message(0xE0, 0, 64), message(0xC0, 5, 0)})
        for (const auto half : {Duration{100us}, Duration{5ms}, Duration{LoopGuard::kTurn}}) {
            EXPECT_LE(go_round(m, 1, half), LoopGuard::kMostTurns);
            pass(1s);
        }
    EXPECT_EQ(counters().cut, 15U);
}

TEST_F(LoopGuardTest, ALoopThatGrowsEndsAsSoon) {
    for (const unsigned copies : {2U, 3U, 10U})
        EXPECT_LE(go_round(message(0xB0, 7, 64), copies, 1ms), LoopGuard::kMostTurns + 1) << copies;
}

/// All of a fader's way goes round at once, in the midst of what is nobody's echo.
TEST_F(LoopGuardTest, AFloodThatGoesRoundEndsAndNothingElseIsLost) {
    std::deque<midi::Message> under_way;
    for (unsigned n = 0; n < 10'000; ++n) under_way.push_back(message(0xE0, n % 128, n / 128));
    std::uint64_t passed = 0;
    for (unsigned step = 0; step < 2'000'000 && !under_way.empty(); ++step) {
        const auto m = under_way.front();
        under_way.pop_front();
        play(m);
        pass(1us);
        if (comes_back(m)) {
            under_way.push_back(m);
            ++passed;
        }
        if (step % 7 == 0) {
            EXPECT_TRUE(comes_back(message(0x91, step % 128, 1 + step % 127)));
        }
    }
    EXPECT_TRUE(under_way.empty());
    EXPECT_LE(passed, 10'000U * LoopGuard::kMostTurns * 4) << "some wait for their place";
}

TEST_F(LoopGuardTest, PortsAreNotTakenForEachOther) {
    for (unsigned n = 0; n < 1000; ++n) {
        play(message(0xB0, 7, 1), PortIndex{0});
        EXPECT_TRUE(comes_back(message(0xB0, 7, 1), PortIndex{1}));
        pass(1ms);
    }
}

TEST_F(LoopGuardTest, AfterALoopTheSameMessageIsOneLikeAnother) {
    (void)go_round(message(0x90, 60, 100), 1, 1ms);
    pass(LoopGuard::kTurn * 3);
    for (unsigned n = 0; n < 10; ++n) {
        echo(message(0x90, 60, 100));
        pass(100ms);
    }
}

}  // namespace
}  // namespace midinet::path
