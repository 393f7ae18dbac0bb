// What a mirror's lanes are made of: what was played, what waits, where it belongs, and what each
// lane's numbers and long SysEx tell.
#include "path/mirror/alignment.hpp"
#include "path/mirror/anteroom.hpp"
#include "path/mirror/best_fit.hpp"
#include "path/mirror/lane_queue.hpp"
#include "path/mirror/numbering.hpp"
#include "path/mirror/track.hpp"
#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

namespace midinet::path {
namespace {

using midi::control_change;
using midi::Message;
using midi::Messages;

constexpr LaneId kA{0};
constexpr LaneId kB{1};
constexpr TimePoint kStart{100s};
const Message kTick{0xF8};

wire::Event event(unsigned n, unsigned port = 0) {
    return {.port = PortIndex{static_cast<std::uint8_t>(port)},
            .message = control_change(0, n >> 7, n & 127)};
}

TEST(TrackTest, EachEventHasTheNumberOfEventsBeforeIt) {
    Track track;
    EXPECT_TRUE(track.empty());
    track.append(Likeness{event(1)}, kStart, kStart, kA);
    track.append(Likeness{event(2)}, kStart + 1ms, kStart + 1ms, kB);
    EXPECT_EQ(track.begin(), 0U);
    EXPECT_EQ(track.end(), 2U);
    EXPECT_EQ(track[0].what, Likeness{event(1)});
    EXPECT_EQ(track.back().came, kStart + 1ms);
    EXPECT_FALSE(track.back().was_brought_by(kA));
    EXPECT_TRUE(track.back().was_brought_by(kB));
}

TEST(TrackTest, OnlyTheLatestAreRemembered) {
    Track track;
    for (unsigned n = 0; n < Track::kDepth + 3; ++n)
        track.append(Likeness{event(n)}, kStart, kStart, kA);
    EXPECT_EQ(track.begin(), 3U);
    EXPECT_EQ(track[3].what, Likeness{event(3)});
}

TEST(TrackTest, PositionsGoOnAfterItIsCleared) {
    Track track;
    track.append(Likeness{event(1)}, kStart, kStart, kA);
    track.clear();
    EXPECT_TRUE(track.empty());
    EXPECT_EQ(track.begin(), 1U);
    EXPECT_EQ(track.end(), 1U);
}

TEST(TrackTest, InterruptionIsBeforeTheNextEventOnly) {
    Track track;
    track.interrupt();
    track.append(Likeness{event(1)}, kStart, kStart, kA);
    track.append(Likeness{event(2)}, kStart, kStart, kA);
    EXPECT_TRUE(track[0].after_interruption);
    EXPECT_FALSE(track[1].after_interruption);
}

TEST(TrackTest, ItIsUntoldUntilAStateOrAnEventIsTold) {
    Track track;
    EXPECT_TRUE(track.is_untold());
    track.tell(kStart);
    EXPECT_FALSE(track.is_untold());
    track.clear();
    EXPECT_TRUE(track.is_untold());
    track.append(Likeness{event(1)}, kStart, kStart, kA);
    EXPECT_FALSE(track.is_untold());
}

class AnteroomTest : public ::testing::Test {
  protected:
    void put(unsigned n, unsigned track = 0) {
        room_.put({event(n), kStart, kStart + n * 1ms}, track);
    }
    Messages drained(unsigned track) {
        Messages all;
        room_.drain(track, [&](const Arrival& arrival) { all.push_back(arrival.event.message); });
        return all;
    }
    static Messages messages(std::initializer_list<unsigned> numbers) {
        Messages all;
        for (const auto n : numbers) all.push_back(event(n).message);
        return all;
    }

    Anteroom room_;
};

TEST_F(AnteroomTest, EachTracksEventsComeOutOnceAndInOrder) {
    put(1);
    put(2, 3);
    put(4);
    EXPECT_EQ(room_.count(0), 2U);
    EXPECT_EQ(room_.latest(0), kStart + 4ms);
    EXPECT_EQ(drained(0), messages({1, 4}));
    EXPECT_EQ(drained(0), Messages{});
    EXPECT_EQ(room_.latest(0), std::nullopt);
    EXPECT_EQ(drained(3), messages({2}));
    EXPECT_TRUE(room_.empty());
}

TEST_F(AnteroomTest, SamplesAreTheOldestOfATrackAfterThoseToSkip) {
    for (unsigned n = 0; n < 100; ++n) put(n, n % 2);
    const auto samples = room_.samples(1, 2);
    ASSERT_EQ(samples.size(), 48U);
    EXPECT_EQ(samples[0].what, Likeness{event(5)});
    EXPECT_EQ(samples[0].came, kStart + 5ms);
    EXPECT_TRUE(room_.samples(1, 50).empty());
}

TEST_F(AnteroomTest, FullOneForgetsTheOldest) {
    for (unsigned n = 0; n <= Anteroom::kDepth; ++n) put(n);
    EXPECT_EQ(room_.count(0), Anteroom::kDepth);
    EXPECT_EQ(room_.samples(0)[0].what, Likeness{event(1)});
}

TEST_F(AnteroomTest, OldestOfATrackAreDroppedByNumberOrByTime) {
    for (unsigned n = 0; n < 6; ++n) put(n);
    put(1, 1);
    room_.drop_oldest(0, 2);
    EXPECT_EQ(room_.drop_if(0, [](const Arrival& a) { return a.came <= kStart + 3ms; }), 2U);
    EXPECT_EQ(drained(0), messages({4, 5}));
    EXPECT_EQ(drained(1), messages({1}));
}

TEST_F(AnteroomTest, TrackThatIsClearedWhileItIsDrainedGivesNoMore) {
    for (unsigned n = 0; n < 3; ++n) put(n);
    unsigned visits = 0;
    room_.drain(0, [&](const Arrival&) {
        ++visits;
        room_.clear(0);
    });
    EXPECT_EQ(visits, 1U);
    EXPECT_EQ(room_.count(0), 0U);
}

class AlignmentTest : public ::testing::Test {
  protected:
    void played(unsigned n, Duration after) {
        track_.append(Likeness{event(n)}, kStart + after, kStart + after, kA);
    }
    void brought(unsigned n, Duration after) {
        ASSERT_TRUE(run_.push_back({Likeness{event(n)}, kStart + after, kStart + after}));
    }
    Alignment alignment() const { return {run_, track_, 150ms}; }

    Track track_;
    Anteroom::Samples run_;
};

TEST_F(AlignmentTest, RunOfUnequalEventsHasOnePlace) {
    for (const unsigned n : {1U, 2U, 1U, 3U}) played(n, 0ms);
    brought(1, 10ms);
    brought(3, 10ms);
    EXPECT_TRUE(alignment().unique());
    EXPECT_TRUE(alignment().clear());
    EXPECT_EQ(alignment().nearest(), 2U);
}

TEST_F(AlignmentTest, WhatLiesBeyondTheEndHasNoCounterpart) {
    played(1, 0ms);
    played(2, 0ms);
    brought(2, 0ms);
    brought(9, 0ms);
    EXPECT_TRUE(alignment().unique());
    EXPECT_EQ(alignment().nearest(), 1U);
}

TEST_F(AlignmentTest, EqualEventsFurtherApartThanTheWindowAreNotTheSame) {
    played(1, 0ms);
    brought(1, 150ms);
    EXPECT_TRUE(alignment().found());
    run_.clear();
    brought(1, 151ms);
    EXPECT_FALSE(alignment().found());
}

TEST_F(AlignmentTest, NothingHasNoPlace) {
    played(1, 0ms);
    EXPECT_FALSE(alignment().found());
}

TEST_F(AlignmentTest, OfSeveralPlacesTheNearestIsClearWhenTheOthersAreMuchFurther) {
    for (const unsigned n : {0U, 20U, 40U}) played(1, n * 1ms);
    brought(1, 21ms);
    EXPECT_FALSE(alignment().unique());
    EXPECT_TRUE(alignment().clear());
    EXPECT_EQ(alignment().nearest(), 1U);
    run_.clear();
    brought(1, 28ms);
    EXPECT_FALSE(alignment().clear());
    EXPECT_EQ(alignment().nearest(), 1U);
}

class BestFitTest : public ::testing::Test {
  protected:
    void played(std::initializer_list<unsigned> events) {
        for (const auto n : events)
            track_.append(Likeness{event(n)}, kStart + 10ms, kStart + 10ms, kA);
    }
    void brought(std::initializer_list<unsigned> events, Duration after = 20ms) {
        for (const auto n : events)
            waiting_.push_back({Likeness{event(n)}, kStart + after, kStart + after});
    }
    BestFit fit() const { return {waiting_, track_, 150ms}; }

    Track track_;
    std::vector<Anteroom::Sample> waiting_;
};

TEST_F(BestFitTest, BacklogThatBeganLongBeforeWhatWasPlayedGoesWhereMostOfItAgrees) {
    played({1, 2, 3, 4, 9});
    brought({7, 8, 9, 1, 2, 3, 4, 9, 5});
    ASSERT_TRUE(fit().found());
    EXPECT_TRUE(fit().unique()) << "not where only its third event equals the last one played";
    EXPECT_EQ(fit().skip(), 3U);
    EXPECT_EQ(fit().place(), 0U);
}

TEST_F(BestFitTest, WhatWaitsMayBeginWithinWhatWasPlayedAndGoOn) {
    played({1, 2, 3, 4});
    brought({3, 4, 5});
    EXPECT_EQ(fit().skip(), 0U);
    EXPECT_EQ(fit().place(), 2U);
}

TEST_F(BestFitTest, WhatWaitsMayHaveBeenPlayedLongSince) {
    played({1, 2, 3, 4});
    brought({2, 3});
    EXPECT_EQ(fit().skip(), 0U);
    EXPECT_EQ(fit().place(), 1U);
}

TEST_F(BestFitTest, OldestThatContradictAreSkipped) {
    played({1, 2, 3, 4});
    brought({8, 3, 4});
    EXPECT_EQ(fit().skip(), 1U);
    EXPECT_EQ(fit().place(), 2U);
}

TEST_F(BestFitTest, OfAFewThatAgreeTheNearestInTimeCount) {
    track_.append(Likeness{event(1)}, kStart, kStart, kA);
    track_.append(Likeness{event(2)}, kStart, kStart, kA);
    track_.append(Likeness{event(1)}, kStart + 19ms, kStart + 19ms, kA);
    brought({1, 2});
    EXPECT_FALSE(fit().unique());
    EXPECT_EQ(fit().place(), 2U);
}

TEST_F(BestFitTest, WhatComesLateAfterAnOutageIsJudgedByItsOwnMoments) {
    played({1, 2, 3, 4, 5, 6});
    for (const auto n : {3U, 4U, 5U, 6U})
        waiting_.push_back({Likeness{event(n)}, kStart + 500ms, kStart + 20ms});
    ASSERT_TRUE(fit().found());
    EXPECT_EQ(fit().place(), 2U);
    waiting_.erase(waiting_.begin());
    EXPECT_FALSE(fit().found()) << "so few may be chance";
}

TEST_F(BestFitTest, NothingFitsWhereNothingAgreesOrIsFarInTime) {
    EXPECT_FALSE(fit().found());
    played({1, 2});
    brought({3});
    EXPECT_FALSE(fit().found());
    waiting_.clear();
    brought({1, 2}, 161ms);
    EXPECT_FALSE(fit().found());
}

TEST(NumberingTest, NumberThatWasPassedOverIsLost) {
    Numbering numbering;
    EXPECT_FALSE(numbering.take({100}, false)) << "where it begins tells nothing";
    EXPECT_FALSE(numbering.take({101}, false));
    EXPECT_TRUE(numbering.take({103}, false));
    EXPECT_FALSE(numbering.take({104}, false));
}

TEST(NumberingTest, TickThatOvertookAGapIsNotLost) {
    Numbering numbering;
    EXPECT_FALSE(numbering.take({1}, false));
    EXPECT_FALSE(numbering.take({3}, true));
    EXPECT_FALSE(numbering.take({2}, false));
    EXPECT_FALSE(numbering.take({4}, false));
    EXPECT_FALSE(numbering.take({6}, true));
    EXPECT_TRUE(numbering.take({7}, false)) << "5 never came";
}

TEST(NumberingTest, MoreEarlyTicksThanAreRememberedSeemALossAndTheNumbersGoOn) {
    Numbering numbering;
    EXPECT_FALSE(numbering.take({1}, false));
    for (std::uint32_t n = 3; n < 3 + Numbering::kEarly + 1; ++n)
        EXPECT_FALSE(numbering.take({n}, true));
    EXPECT_FALSE(numbering.take({2}, false));
    EXPECT_TRUE(numbering.take({3 + Numbering::kEarly + 1}, false));
    EXPECT_FALSE(numbering.take({3 + Numbering::kEarly + 2}, false));
}

TEST(NumberingTest, NumbersMayWrap) {
    Numbering numbering;
    EXPECT_FALSE(numbering.take({0xFFFF'FFFEU}, false));
    EXPECT_FALSE(numbering.take({0xFFFF'FFFFU}, false));
    EXPECT_FALSE(numbering.take({0}, false));
    EXPECT_TRUE(numbering.take({2}, false));
}

TEST(NumberingTest, AfterAResetAnyNumberIsTheFirst) {
    Numbering numbering;
    EXPECT_FALSE(numbering.take({1}, false));
    numbering.reset();
    EXPECT_FALSE(numbering.take({50}, false));
}

/// SysEx by the number of their first fragment.
struct Store final : SysExStore {
    std::map<std::uint32_t, Readiness> known;
    Readiness readiness(const wire::SysExExtent& extent, PortIndex) const noexcept override {
        const auto found = known.find(extent.first_fragment.value);
        return found == known.end() ? Readiness::Waiting : found->second;
    }
    std::optional<ByteView> fragment(Sequence, PortIndex) const noexcept override { return {}; }
};

class LaneQueueTest : public ::testing::Test, public LaneSink {
  protected:
    void on_lane_event(const wire::Event& event, TimePoint when, TimePoint came) noexcept override {
        said_.push_back(name(event));
        EXPECT_EQ(when + 1ms, came);
        came_.push_back(came);
    }
    void on_lane_loss(PortIndex port) noexcept override {
        if (port.value < 3) said_.push_back("loss " + std::to_string(port.value));
    }
    static std::string name(const wire::Event& event) {
        if (event.kind == wire::EventKind::LongSysEx)
            return "sysex " + std::to_string(event.extent.first_fragment.value);
        return is_tick(event) ? "tick" : std::to_string(event.message.data2());
    }
    void take(wire::Event event) {
        event.sequence = {++number_};
        queue_.take(event, now_ - 1ms, now_, store_, *this);
        now_ += 1ms;
    }
    static wire::Event sysex(unsigned fragment, unsigned port = 0) {
        return {.port = PortIndex{static_cast<std::uint8_t>(port)},
                .kind = wire::EventKind::LongSysEx,
                .extent = {.first_fragment = {fragment}, .bytes = 100}};
    }
    void pump() { queue_.pump(store_, *this); }
    using Said = std::vector<std::string>;
    Said said() { return std::exchange(said_, {}); }

    LaneQueue queue_;
    Store store_;
    Said said_;
    std::vector<TimePoint> came_;
    TimePoint now_{kStart};
    std::uint32_t number_ = 100;
};

TEST_F(LaneQueueTest, EventsPassAtOnce) {
    take(event(1));
    take({.message = kTick});
    take(event(2, 1));
    EXPECT_EQ(said(), (Said{"1", "tick", "2"}));
    EXPECT_TRUE(queue_.empty());
}

TEST_F(LaneQueueTest, LongSysExHoldsBackTheEventsOfItsPortButNoTicksUntilItIsWhole) {
    take(sysex(7));
    take(event(1));
    take(event(2, 1));
    take({.message = kTick});
    pump();
    EXPECT_EQ(said(), (Said{"2", "tick"}));
    store_.known[7] = SysExStore::Readiness::Complete;
    pump();
    EXPECT_EQ(said(), (Said{"sysex 7", "1"}));
    EXPECT_EQ(came_[2], kStart) << "when it came, not when it was whole";
    EXPECT_TRUE(queue_.empty());
}

TEST_F(LaneQueueTest, LongSysExOfOnePortDoesNotWaitForThatOfAnother) {
    take(sysex(7));
    take(sysex(8, 1));
    store_.known[8] = SysExStore::Readiness::Complete;
    pump();
    EXPECT_EQ(said(), (Said{"sysex 8"}));
    store_.known[7] = SysExStore::Readiness::Complete;
    pump();
    EXPECT_EQ(said(), (Said{"sysex 7"}));
}

TEST_F(LaneQueueTest, LongSysExThatIsLostIsALossOfItsPort) {
    take(sysex(7, 1));
    take(event(1, 1));
    store_.known[7] = SysExStore::Readiness::Lost;
    pump();
    EXPECT_EQ(said(), (Said{"loss 1", "1"}));
}

TEST_F(LaneQueueTest, NumberThatIsMissingIsALossOfAllPorts) {
    take(event(1));
    ++number_;
    take(event(2));
    EXPECT_EQ(said(), (Said{"1", "loss 0", "loss 1", "loss 2", "2"}));
}

TEST_F(LaneQueueTest, LossBehindSomethingThatWaitsIsToldInItsPlace) {
    take(sysex(7));
    take(event(1));
    ++number_;
    take(event(2));
    EXPECT_EQ(said(), (Said{"loss 1", "loss 2"}));
    store_.known[7] = SysExStore::Readiness::Complete;
    pump();
    EXPECT_EQ(said(), (Said{"sysex 7", "1", "loss 0", "2"}));
}

TEST_F(LaneQueueTest, WhatIsDroppedIsALossOfItsPort) {
    take(sysex(7, 1));
    queue_.clear(*this);
    EXPECT_EQ(said(), (Said{"loss 1"}));
    take(event(1, 1));
    EXPECT_EQ(said(), (Said{"1"}));
}

TEST_F(LaneQueueTest, FullQueueForgetsItsOldestAndThatIsALoss) {
    for (unsigned n = 0; n <= LaneQueue::kDepth; ++n) take(sysex(7));
    store_.known[7] = SysExStore::Readiness::Complete;
    pump();
    const auto all = said();
    EXPECT_EQ(std::count(all.begin(), all.end(), "sysex 7"), LaneQueue::kDepth);
    EXPECT_EQ(std::count(all.begin(), all.end(), "loss 0"), 1);
}

TEST_F(LaneQueueTest, AfterARestartNothingWaitsAndAnyNumberIsTheFirst) {
    take(sysex(7));
    queue_.restart();
    number_ = 7000;
    take(event(1));
    EXPECT_EQ(said(), (Said{"1"}));
    EXPECT_TRUE(queue_.empty());
}

}  // namespace
}  // namespace midinet::path
