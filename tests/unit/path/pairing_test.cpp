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
constexpr PortIndex kPort{0};
const Message kTick{0xF8};

struct PlayedLog final : EventSink {
    std::vector<wire::Event> events;
    std::vector<TimePoint> moments;
    void on_event(const wire::Event& event, TimePoint when) noexcept override {
        events.push_back(event);
        moments.push_back(when);
    }
};

class PairingTest : public ::testing::Test {
  protected:
    explicit PairingTest(unsigned lanes = 2) : pairing_{{.lanes = lanes}, log_} {}
    /// A lane's next event. True: something was played.
    bool give(LaneId lane, const Message& message, unsigned port = 0) {
        return give(lane, wire::Event{.port = PortIndex{static_cast<std::uint8_t>(port)},
                                      .message = message});
    }
    bool give(LaneId lane, const wire::Event& event) {
        const auto before = log_.events.size();
        pairing_.set_health(lane, {.lives = true, .settled = true});
        pairing_.take(lane, {event, now_, now_});
        return log_.events.size() > before;
    }
    void pass(Duration time) {
        now_ += time;
        pairing_.on_timer(now_);
    }
    void die(LaneId lane) { pairing_.set_health(lane, {}); }
    void restart(LaneId lane) { pairing_.restart(lane, now_); }
    bool in_step(LaneId lane) { return pairing_.in_step(lane, kPort, now_); }
    /// Both lanes bring the same and then are quiet.
    void keep_step() {
        for (const auto lane : {kA, kB}) (void)give(lane, event(9999));
        pass(40ms);
        (void)played();
    }
    /// Only A plays, and B begins.
    void let_b_begin() {
        (void)give(kA, event(9999));
        pass(1s);
        restart(kB);
        (void)played();
    }
    /// Whether the lane brings something first, and the other one its copy.
    bool leads(LaneId lane, const Message& message) {
        const bool played = give(lane, message);
        return played && !give(lane == kA ? kB : kA, message);
    }
    /// As many different ones as are needed.
    static Message event(unsigned n) { return control_change(n >> 13, n >> 7 & 63, n & 127); }
    Messages played() {
        Messages all;
        for (const auto& played : log_.events) all.push_back(played.message);
        log_.events.clear();
        return all;
    }
    const PairingCounters& counters() const { return pairing_.counters(); }

    PlayedLog log_;
    Pairing pairing_;
    TimePoint now_{100s};
};

constexpr LaneId kC{2};

class ThreeLanesTest : public PairingTest {
  protected:
    ThreeLanesTest() : PairingTest(3) {}
};

TEST_F(PairingTest, FirstCopyIsPlayedAndTheSecondSwallowedWhicheverLaneLeads) {
    keep_step();
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    now_ += 30ms;
    EXPECT_FALSE(give(kB, note_on(0, 60, 1)));
    EXPECT_TRUE(give(kB, note_off(0, 60)));
    now_ += 30ms;
    EXPECT_FALSE(give(kA, note_off(0, 60)));
    EXPECT_EQ(played(), (Messages{note_on(0, 60, 1), note_off(0, 60)}));
}

TEST_F(PairingTest, EventIsPassedOnAsTheFirstLaneBroughtItWithItsOwnMoment) {
    const wire::Event first{.sequence = {7}, .time_us = 5, .message = note_on(0, 60, 1)};
    pairing_.take(kA, {first, now_ - 3ms, now_});
    ASSERT_EQ(log_.events.size(), 1U);
    EXPECT_EQ(log_.events[0], first);
    EXPECT_EQ(log_.moments[0], now_ - 3ms);
    EXPECT_TRUE(pairing_.lives(kA)) << "it brought something";
    EXPECT_FALSE(pairing_.lives(kB));
}

TEST_F(PairingTest, ValueThatWasSentTwiceComesOutTwice) {
    keep_step();
    EXPECT_TRUE(give(kA, control_change(0, 7, 9)));
    EXPECT_TRUE(give(kA, control_change(0, 7, 9)));
    EXPECT_FALSE(give(kB, control_change(0, 7, 9)));
    EXPECT_FALSE(give(kB, control_change(0, 7, 9)));
    EXPECT_TRUE(give(kB, control_change(0, 7, 9)));
    EXPECT_FALSE(give(kA, control_change(0, 7, 9)));
}

TEST_F(PairingTest, TicksArePairedAlsoWhereTheyStandElsewhereAmongTheNotes) {
    keep_step();
    for (unsigned n = 0; n < 50; ++n, now_ += 20ms) {
        EXPECT_TRUE(give(kA, kTick));
        EXPECT_TRUE(give(kA, note_on(0, n, 1)));
        EXPECT_FALSE(give(kB, note_on(0, n, 1)));
        EXPECT_FALSE(give(kB, kTick));
    }
    EXPECT_EQ(counters().contradictions, 0U);
}

TEST_F(PairingTest, EachPortIsATrackOfItsOwn) {
    keep_step();
    EXPECT_TRUE(give(kA, note_on(0, 60, 1), 1));
    EXPECT_TRUE(give(kB, note_on(0, 60, 1), 2));
    EXPECT_FALSE(give(kA, note_on(0, 60, 1), 2));
    EXPECT_FALSE(give(kB, note_on(0, 60, 1), 1));
    EXPECT_EQ(counters().contradictions, 0U);
}

TEST_F(PairingTest, OtherKindsLengthsAndChecksumsAreOtherEvents) {
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
    keep_step();
    EXPECT_TRUE(give(kA, place));
    EXPECT_TRUE(give(kB, aborted));
    EXPECT_TRUE(give(kB, longer));
    EXPECT_TRUE(give(kB, damaged));
    EXPECT_FALSE(give(kB, elsewhere)) << "each host numbers its fragments on its own";
}

TEST_F(PairingTest, ShortSysExIsComparedToItsLastByte) {
    Message one{0xF0};
    for (unsigned i = 0; i < 40; ++i) one.push_back(static_cast<std::uint8_t>(i));
    Message other = one;
    one.push_back(1);
    one.push_back(0xF7);
    other.push_back(2);
    other.push_back(0xF7);
    keep_step();
    EXPECT_TRUE(give(kA, one));
    EXPECT_TRUE(give(kB, other));
    EXPECT_FALSE(give(kB, one));
}

TEST_F(PairingTest, LaneThatBeginsContributesNothingUntilWhatItBroughtTellsItsPlace) {
    let_b_begin();
    for (unsigned n = 0; n < 15; ++n) {
        EXPECT_FALSE(in_step(kB)) << n;
        EXPECT_TRUE(give(kA, event(n))) << n;
        EXPECT_FALSE(give(kB, event(n))) << n;
        pass(10ms);
    }
    EXPECT_TRUE(in_step(kB)) << "its oldest event is as old as the window";
    EXPECT_TRUE(leads(kB, event(50)));
    EXPECT_FALSE(pairing_.was_uncertain());
}

TEST_F(PairingTest, WhatABeginnerBroughtBeforeTheOthersIsPlayedOnceItsPlaceIsFound) {
    let_b_begin();
    EXPECT_FALSE(give(kB, event(0))) << "it may be old";
    for (unsigned n = 0; n < 15; ++n) {
        EXPECT_TRUE(give(kA, event(n))) << n;
        EXPECT_FALSE(give(kB, event(n + 1))) << n;
        if (n < 14) pass(10ms);
    }
    (void)played();
    pass(10ms);
    EXPECT_EQ(played(), Messages{event(15)});
    EXPECT_FALSE(give(kA, event(15)));
}

TEST_F(PairingTest, LaneThatBeginsLeadsAfterAllWereQuiet) {
    let_b_begin();
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_FALSE(give(kB, event(1)));
    pass(37ms);
    EXPECT_FALSE(in_step(kB));
    pass(3ms);
    EXPECT_TRUE(in_step(kB));
    EXPECT_TRUE(leads(kB, event(2)));
    EXPECT_FALSE(pairing_.was_uncertain());
}

TEST_F(PairingTest, LaneThatBeginsAndBringsNothingIsAtTheEndAfterAllWereQuiet) {
    let_b_begin();
    pairing_.set_health(kB, {.lives = true, .settled = true});
    pass(40ms);
    EXPECT_TRUE(leads(kB, event(2)));
}

TEST_F(PairingTest, NothingIsQuietWhileSomethingThatWasSentIsNotTakenIn) {
    let_b_begin();
    pairing_.set_health(kB, {.lives = true, .settled = true});
    pairing_.set_health(kA, {.lives = true, .settled = false});
    pass(10s);
    EXPECT_FALSE(in_step(kB));
    pairing_.set_health(kA, {.lives = true, .settled = true});
    pass(2ms);
    EXPECT_TRUE(in_step(kB));
}

TEST_F(PairingTest, LaneThatWaitsAndIsStoppedIsNotQuietAsSoonAsItGoesOn) {
    let_b_begin();
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_FALSE(give(kB, event(1)));
    die(kB);
    EXPECT_TRUE(give(kA, event(2)));
    pass(60ms);
    pairing_.set_health(kB, {.lives = true, .settled = true});
    pass(2ms);
    EXPECT_FALSE(in_step(kB));
    EXPECT_FALSE(give(kB, event(2))) << "it says only now what it had no chance to say";
    pass(40ms);
    EXPECT_TRUE(in_step(kB));
    EXPECT_TRUE(leads(kB, event(3)));
}

TEST_F(ThreeLanesTest, LaneThatJoinedInAPauseIsInStepThoughItNeverBringsWhatCameBefore) {
    (void)give(kA, event(9999));
    pass(1s);
    for (const auto lane : {kB, kC}) restart(lane);
    (void)played();
    pairing_.set_health(kB, {.lives = true, .settled = true});
    EXPECT_FALSE(give(kC, event(1)));
    pass(40ms);
    EXPECT_EQ(played(), Messages{event(1)}) << "only C has got it";
    EXPECT_FALSE(in_step(kB)) << "it may yet come";
    pass(151ms);
    EXPECT_TRUE(in_step(kB));
    EXPECT_TRUE(leads(kB, event(2)));
}

TEST_F(ThreeLanesTest, LaneThatSucceedsThoseWhoGuessedBringsCopiesOfWhatTheyPlayedOutOfTurn) {
    keep_step();
    for (const auto lane : {kB, kC}) restart(lane);
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_FALSE(give(kC, event(1)));
    for (const auto lane : {kA, kC}) die(lane);
    for (const auto n : {3U, 4U}) EXPECT_TRUE(give(kB, event(n))) << "it guesses its place";
    EXPECT_TRUE(give(kA, event(2))) << "older, but not heard before";
    for (const auto lane : {kA, kB}) die(lane);
    for (const auto n : {2U, 3U, 4U}) EXPECT_FALSE(give(kC, event(n))) << n;
    EXPECT_TRUE(give(kC, event(5)));
    EXPECT_TRUE(pairing_.was_uncertain());
}

TEST_F(PairingTest, BeginnerThatBroughtMoreThanWasPlayedJoinsInAPauseAndIsUncertain) {
    for (unsigned n = 1; n < 100; ++n) (void)give(kA, event(n));
    for (unsigned n = 0; n < 100; ++n) (void)give(kB, event(n));
    pass(40ms);
    EXPECT_TRUE(pairing_.was_uncertain()) << "0 was never played";
    EXPECT_TRUE(leads(kB, event(100)));
    EXPECT_FALSE(pairing_.was_uncertain());
}

TEST_F(PairingTest, BeginnerThatBroughtWhatWasPlayedJoinsInAPauseAndIsCertain) {
    for (unsigned n = 0; n < 100; ++n) (void)give(kA, event(n));
    for (unsigned n = 1; n < 100; ++n) (void)give(kB, event(n));
    pass(40ms);
    EXPECT_FALSE(pairing_.was_uncertain());
    EXPECT_TRUE(leads(kB, event(100)));
}

TEST_F(PairingTest, BeginnerWhoseFewEventsMayStandAtTwoPlacesWaitsForWhatTells) {
    EXPECT_TRUE(give(kA, event(1)));
    restart(kB);
    now_ += 7ms;
    for (const auto n : {2U, 1U}) EXPECT_FALSE(give(kB, event(n)));
    now_ += 70ms;
    for (const auto n : {2U, 1U}) EXPECT_TRUE(give(kA, event(n)));
    now_ += 50ms;
    EXPECT_TRUE(give(kA, event(3)));
    pass(30ms);  // B's oldest is older than the window; that its second is the first one played is
                 // nearer
    EXPECT_FALSE(give(kB, event(3)));
    pass(40ms);
    EXPECT_FALSE(pairing_.was_uncertain()) << "nothing was missed or doubled";
    EXPECT_TRUE(leads(kB, event(4)));
}

TEST_F(PairingTest, WhatOnlyTheBeginnerHasGotIsPlayedWhenAllAreQuiet) {
    let_b_begin();
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_FALSE(give(kB, event(1)));
    EXPECT_FALSE(give(kB, event(2)));
    (void)played();
    pass(40ms);
    EXPECT_EQ(played(), Messages{event(2)});
}

TEST_F(PairingTest, PeriodicContentStaysOutUntilSomethingUnequalComes) {
    let_b_begin();
    for (unsigned n = 0; n < 50; ++n) {
        EXPECT_TRUE(give(kA, event(n % 2)));
        EXPECT_FALSE(give(kB, event(n % 2)));
        pass(10ms);
        EXPECT_FALSE(in_step(kB)) << n;
    }
    EXPECT_TRUE(give(kA, event(7)));
    EXPECT_FALSE(give(kB, event(7)));
    pass(10ms);
    EXPECT_TRUE(in_step(kB));
    EXPECT_TRUE(leads(kB, event(0)));
}

TEST_F(PairingTest, LongPeriodicBeginningDoesNotHideWhatComesAfterIt) {
    let_b_begin();
    for (unsigned n = 0; n < 200; ++n) {
        EXPECT_TRUE(give(kA, event(n < 100 ? 1 : n)));
        EXPECT_FALSE(give(kB, event(n < 100 ? 1 : n)));
        pass(10ms);
    }
    EXPECT_TRUE(in_step(kB));
    EXPECT_FALSE(pairing_.was_uncertain());
}

TEST_F(PairingTest, QuietLaneThatHasNotNoticedItsLossYetDoublesNothing) {
    let_b_begin();
    for (const auto n : {1U, 2U, 3U}) EXPECT_TRUE(give(kA, event(n)));
    now_ += 20ms;
    for (const auto n : {1U, 2U}) EXPECT_FALSE(give(kB, event(n)));
    EXPECT_TRUE(give(kA, event(1))) << "this, and the 3 before it, B has lost";
    (void)played();
    pass(40ms);
    EXPECT_EQ(played(), Messages{});
    pairing_.lose(kB, kPort, now_);
    EXPECT_TRUE(give(kA, event(4)));
    EXPECT_FALSE(give(kB, event(4)));
}

TEST_F(PairingTest, TicksTellTheirPlaceByTheirRhythm) {
    let_b_begin();
    for (unsigned n = 0; n < 10; ++n) {
        EXPECT_TRUE(give(kA, kTick)) << n;
        now_ += 1ms;
        EXPECT_FALSE(give(kB, kTick)) << n;
        pass(19ms);
    }
    EXPECT_TRUE(leads(kB, kTick));
    EXPECT_FALSE(pairing_.was_uncertain());
}

TEST_F(PairingTest, TicksThatComeHalfwayBetweenTheOthersStayOut) {
    let_b_begin();
    for (unsigned n = 0; n < 100; ++n) {
        EXPECT_TRUE(give(kA, kTick)) << n;
        pass(10ms);
        EXPECT_FALSE(give(kB, kTick)) << n;
        pass(10ms);
    }
}

TEST_F(PairingTest, WhenALaneDiesTheOtherGoesOnWithoutACall) {
    keep_step();
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_TRUE(give(kA, event(2)));
    EXPECT_FALSE(give(kB, event(1)));
    die(kA);
    EXPECT_FALSE(give(kB, event(2)));
    EXPECT_TRUE(give(kB, event(3)));
    EXPECT_FALSE(pairing_.was_uncertain());
}

TEST_F(PairingTest, WaitingLaneThatTakesOverPlaysOnceWhatWasNotPlayed) {
    let_b_begin();
    for (const unsigned n : {1U, 2U, 3U}) EXPECT_TRUE(give(kA, event(n)));
    for (const unsigned n : {2U, 3U, 4U, 5U}) EXPECT_FALSE(give(kB, event(n)));
    (void)played();
    const auto before = counters().takeovers;
    die(kA);
    pass(2ms);
    EXPECT_EQ(played(), (Messages{event(4), event(5)}));
    EXPECT_EQ(counters().takeovers, before + 1);
    EXPECT_FALSE(pairing_.was_uncertain()) << "there is one place only";
    EXPECT_TRUE(give(kB, event(6)));
}

TEST_F(PairingTest, NextEventOfAWaitingLaneTakesOverWithoutATimer) {
    let_b_begin();
    for (const unsigned n : {1U, 2U}) EXPECT_TRUE(give(kA, event(n)));
    die(kA);
    EXPECT_FALSE(give(kB, event(2)));
    EXPECT_TRUE(give(kB, event(3)));
}

TEST_F(ThreeLanesTest, OfTwoThatWaitTheOneThatWaitsLongestTakesOver) {
    (void)give(kA, event(1));
    pass(1s);
    restart(kB);
    for (const auto n : {2U, 3U, 4U})
        for (const auto lane : {kA, kB}) (void)give(lane, event(n));
    (void)give(kB, event(5));
    restart(kC);
    (void)played();
    die(kA);
    now_ += 1ms;
    EXPECT_TRUE(give(kC, event(6))) << "B comes in, with what C has not got";
    EXPECT_EQ(played(), Messages{event(5)});
    EXPECT_TRUE(give(kB, event(6)));
    pass(40ms);
    EXPECT_EQ(played(), Messages{event(6)}) << "C's is its copy";
}

TEST_F(PairingTest, WaitingLaneTakesOverAtTheNearestOfSeveralPlaces) {
    let_b_begin();
    for (unsigned n = 0; n < 3; ++n) {
        EXPECT_TRUE(give(kA, event(1)));
        now_ += n < 2 ? 20ms : 1ms;
    }
    EXPECT_FALSE(give(kB, event(1)));
    die(kA);
    pass(2ms);
    EXPECT_TRUE(in_step(kB));
    EXPECT_TRUE(give(kB, event(1)));
}

TEST_F(PairingTest, WhatFollowsTellsWhichOfEqualEventsItWas) {
    let_b_begin();
    for (const unsigned n : {1U, 1U, 2U}) EXPECT_TRUE(give(kA, event(n)));
    for (const unsigned n : {1U, 2U, 3U}) EXPECT_FALSE(give(kB, event(n)));
    (void)played();
    die(kA);
    pass(2ms);
    EXPECT_EQ(played(), Messages{event(3)});
    EXPECT_FALSE(pairing_.was_uncertain());
}

TEST_F(PairingTest, TakeoverOnOneEventThatEqualsAnOlderOneIsUncertainAndNotBelievedForEver) {
    let_b_begin();
    for (unsigned n = 1; n < 100; ++n, now_ += 1ms) EXPECT_TRUE(give(kA, event(n)));
    EXPECT_FALSE(give(kB, event(1))) << "the hundredth, and not the first again";
    die(kA);
    pass(2ms);
    EXPECT_TRUE(pairing_.was_uncertain());
    EXPECT_FALSE(in_step(kB)) << "it may bring the other 98 yet";
    pass(151ms);
    EXPECT_TRUE(in_step(kB));
    for (const auto n : {2U, 3U, 4U}) EXPECT_TRUE(give(kB, event(n))) << n;
    EXPECT_FALSE(pairing_.was_uncertain());
}

TEST_F(PairingTest, TakeoverOnOneEventThatIsACopyDoublesNothing) {
    let_b_begin();
    for (unsigned n = 1; n < 100; ++n, now_ += 1ms) EXPECT_TRUE(give(kA, event(n)));
    EXPECT_FALSE(give(kB, event(1)));
    die(kA);
    pass(2ms);
    for (unsigned n = 2; n < 100; ++n) EXPECT_FALSE(give(kB, event(n))) << n;
    EXPECT_TRUE(in_step(kB));
    EXPECT_TRUE(give(kB, event(100)));
    EXPECT_EQ(counters().contradictions, 0U);
}

TEST_F(PairingTest, WhatTakesOverOnOneEventAndThenEqualsAnOlderOneIsUncertain) {
    let_b_begin();
    for (unsigned n = 1; n < 100; ++n, now_ += 1ms) EXPECT_TRUE(give(kA, event(n)));
    EXPECT_FALSE(give(kB, event(1)));
    die(kA);
    pass(2ms);
    EXPECT_TRUE(pairing_.was_uncertain());
    EXPECT_TRUE(give(kB, event(100)));
    EXPECT_TRUE(pairing_.was_uncertain()) << "its place was chance: what it takes for a copy";
    EXPECT_FALSE(give(kB, event(50))) << "may be new";
    EXPECT_TRUE(pairing_.was_uncertain());
}

TEST_F(PairingTest, TakeoverAtOneOfSeveralPlacesIsUncertain) {
    let_b_begin();
    for (unsigned n = 0; n < 3; ++n) EXPECT_TRUE(give(kA, event(1)));
    EXPECT_FALSE(give(kB, event(1)));
    die(kA);
    pass(2ms);
    EXPECT_TRUE(pairing_.was_uncertain());
    EXPECT_FALSE(pairing_.was_uncertain()) << "it is told once";
}

TEST_F(PairingTest, TakeoverByALaneOfWhichNothingWasPlayedPlaysAllOfItAndIsUncertain) {
    let_b_begin();
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_FALSE(give(kB, event(5)));
    EXPECT_FALSE(give(kB, event(6)));
    (void)played();
    die(kA);
    pass(2ms);
    EXPECT_EQ(played(), (Messages{event(5), event(6)}));
    EXPECT_TRUE(pairing_.was_uncertain());
    EXPECT_FALSE(give(kB, event(1))) << "it may yet bring what was played of late";
}

TEST_F(PairingTest, WhatALaneThatGuessedItsPlaceNeverBringsIsNotWaitedForForEver) {
    let_b_begin();
    pass(10ms);
    EXPECT_TRUE(give(kA, event(1)));
    pairing_.set_health(kB, {.lives = true, .settled = true});
    die(kA);
    pass(41ms);
    EXPECT_FALSE(in_step(kB)) << "it may bring it yet";
    pass(150ms);
    EXPECT_TRUE(in_step(kB));
}

TEST_F(PairingTest, LaneThatLosesSomethingWhileAnotherCarriesJoinsAnew) {
    keep_step();
    pairing_.lose(kB, kPort, now_);
    EXPECT_FALSE(in_step(kB));
    EXPECT_FALSE(give(kB, event(5))) << "it does not lead until its place is known";
    EXPECT_TRUE(give(kA, event(4)));
    EXPECT_TRUE(give(kA, event(5)));
    pass(40ms);
    EXPECT_TRUE(in_step(kB));
    EXPECT_TRUE(leads(kB, event(6)));
}

TEST_F(PairingTest, LossOnOnePortLeavesTheOthersJoined) {
    keep_step();
    pairing_.lose(kB, PortIndex{1}, now_);
    EXPECT_TRUE(leads(kB, event(5)));
    EXPECT_FALSE(give(kB, event(5), 1));
}

TEST_F(PairingTest, LaneThatLosesSomethingAndIsAloneGoesOn) {
    EXPECT_TRUE(give(kA, event(1)));
    pairing_.lose(kA, kPort, now_);
    EXPECT_TRUE(give(kA, event(3)));
}

TEST_F(PairingTest, WhatALaneLostWhileAloneIsPlayedLateFromAnotherThatBringsItAndIsUncertain) {
    keep_step();
    die(kB);
    EXPECT_TRUE(give(kA, event(1)));
    pairing_.lose(kA, kPort, now_);
    EXPECT_TRUE(give(kA, event(3)));
    EXPECT_FALSE(give(kB, event(1)));
    EXPECT_FALSE(pairing_.was_uncertain());
    EXPECT_TRUE(give(kB, event(2)));
    EXPECT_TRUE(pairing_.was_uncertain());
    EXPECT_FALSE(give(kB, event(3)));
}

TEST_F(PairingTest, LaneThatWasStoppedForLongAndGoesOnWithAllItKeptDoublesNothing) {
    keep_step();
    for (unsigned n = 0; n < 3000; ++n, now_ += 1ms) EXPECT_TRUE(give(kA, event(n)));
    pass(1ms);
    for (unsigned n = 0; n < 3000; ++n) EXPECT_FALSE(give(kB, event(n))) << n;
    EXPECT_EQ(counters().contradictions, 0U);
    EXPECT_TRUE(leads(kB, event(5)));
}

TEST_F(PairingTest, LaneThatWasStoppedForLongerThanIsRememberedJoinsAnew) {
    keep_step();
    constexpr auto kCount = Track::kDepth + 1;
    for (unsigned n = 0; n < kCount; ++n, now_ += 1ms) EXPECT_TRUE(give(kA, event(n)));
    for (unsigned n = 0; n < kCount; ++n) EXPECT_FALSE(give(kB, event(n))) << n;
    EXPECT_FALSE(in_step(kB));
    (void)played();
    pass(40ms);
    EXPECT_TRUE(in_step(kB));
    EXPECT_EQ(played(), Messages{});
}

TEST_F(PairingTest, OfLanesThatContradictTheUnionIsPlayed) {
    keep_step();
    for (const unsigned n : {1U, 2U, 3U}) EXPECT_TRUE(give(kA, event(n)));
    EXPECT_FALSE(give(kB, event(1)));
    EXPECT_TRUE(give(kB, event(8)));
    EXPECT_FALSE(give(kB, event(2)));
    EXPECT_FALSE(give(kB, event(3)));
    EXPECT_EQ(counters().contradictions, 1U);
    EXPECT_FALSE(give(kA, event(8)));
    EXPECT_TRUE(leads(kB, event(4)));
}

TEST_F(PairingTest, EventThatALaneDoesNotBringIsPassedOverAfterTheWindow) {
    keep_step();
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_TRUE(give(kA, event(2)));
    EXPECT_FALSE(give(kB, event(2)));
    EXPECT_FALSE(in_step(kB));
    now_ += 150ms;
    EXPECT_FALSE(in_step(kB));
    now_ += 1ms;
    EXPECT_TRUE(in_step(kB));
    EXPECT_EQ(counters().unpaired, 1U);
    EXPECT_TRUE(give(kB, event(1))) << "and when it comes after all, it is another one";
}

TEST_F(PairingTest, NoteOffOfALaneThatContradictsIsRatherPlayedTwiceThanNotAtAll) {
    keep_step();
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    EXPECT_TRUE(give(kA, note_off(0, 60)));
    EXPECT_TRUE(give(kB, note_off(0, 60)));
    EXPECT_EQ(played(), (Messages{note_on(0, 60, 1), note_off(0, 60), note_off(0, 60)}));
}

TEST_F(PairingTest, LaneThatContradictsFarBehindJoinsAnew) {
    keep_step();
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_TRUE(give(kA, event(2)));
    now_ += 151ms;
    EXPECT_FALSE(give(kB, event(7))) << "what is new of it cannot be told";
    EXPECT_FALSE(in_step(kB));
}

TEST_F(PairingTest, LaneThatContradictsFarBehindAndIsAloneGoesOn) {
    keep_step();
    EXPECT_TRUE(give(kA, event(1)));
    die(kA);
    now_ += 151ms;
    EXPECT_TRUE(give(kB, event(7)));
}

TEST_F(PairingTest, LaneIsInStepWhenItHasBroughtAllThatWasPlayedOfThatPort) {
    EXPECT_TRUE(in_step(kA)) << "nothing was played yet";
    keep_step();
    EXPECT_TRUE(give(kA, event(1), 1));
    EXPECT_TRUE(in_step(kB));
    EXPECT_FALSE(pairing_.in_step(kB, PortIndex{1}, now_));
    EXPECT_FALSE(give(kB, event(1), 1));
    EXPECT_TRUE(pairing_.in_step(kB, PortIndex{1}, now_));
    EXPECT_TRUE(give(kA, kTick));
    EXPECT_TRUE(in_step(kB)) << "a tick changes no state";
}

TEST_F(PairingTest, LaneWhoseStateWasToldLeadsAtOnceAndNoOther) {
    pairing_.set_health(kA, {.lives = true, .settled = true});
    for (const auto lane : {kA, kB}) EXPECT_TRUE(in_step(lane));
    pairing_.begin_with(kA, kPort, now_ - 1ms);
    EXPECT_TRUE(in_step(kA));
    EXPECT_FALSE(in_step(kB)) << "it may stand before that state, or after it";
    EXPECT_FALSE(give(kB, event(1)));
    EXPECT_TRUE(leads(kA, event(2)));
}

TEST_F(PairingTest, WhatALaneBringsLateOfBeforeTheStateThatWasToldIsNotPlayed) {
    pairing_.set_health(kA, {.lives = true, .settled = true});
    pairing_.begin_with(kA, kPort, now_);
    pairing_.take(kB, {{.port = kPort, .message = event(1)}, now_ - 5ms, now_ + 1ms});
    pairing_.take(kB, {{.port = kPort, .message = event(2)}, now_ + 1ms, now_ + 1ms});
    pairing_.set_health(kB, {.lives = true, .settled = true});
    pass(1ms + 40ms);
    EXPECT_EQ(played(), Messages{event(2)});
    EXPECT_TRUE(pairing_.was_uncertain());
}

TEST_F(PairingTest, LaneThatTakesOverAfterAStateWasToldIsUncertain) {
    pairing_.begin_with(kA, kPort, now_ - 1ms);
    die(kA);
    EXPECT_TRUE(give(kB, event(1)));
    EXPECT_TRUE(pairing_.was_uncertain());
}

TEST_F(PairingTest, FirstLaneOfAllIsCertainOfItsPlace) {
    EXPECT_TRUE(give(kB, event(1)));
    EXPECT_FALSE(pairing_.was_uncertain());
}

TEST_F(PairingTest, AfterAResetNothingWasPlayedYet) {
    keep_step();
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_FALSE(give(kB, event(1)));
    const auto first = counters().first;
    pairing_.reset(now_);
    EXPECT_TRUE(give(kB, event(1)));
    EXPECT_FALSE(give(kA, event(1)));
    EXPECT_FALSE(pairing_.was_uncertain());
    EXPECT_EQ(counters().first, first + 1) << "the counters go on";
}

TEST_F(PairingTest, LaneThatRestartsForgetsWhatWaited) {
    let_b_begin();
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_FALSE(give(kB, event(2)));
    restart(kB);
    (void)played();
    die(kA);
    pass(2ms);
    EXPECT_EQ(played(), Messages{});
    EXPECT_FALSE(give(kB, event(1)));
    EXPECT_TRUE(give(kB, event(2)));
}

TEST_F(PairingTest, LaneThatComesBackTrailingDoublesNothing) {
    keep_step();
    EXPECT_TRUE(give(kA, note_on(0, 60, 1)));
    EXPECT_TRUE(give(kA, note_on(0, 61, 1)));
    restart(kB);
    now_ += 20ms;
    EXPECT_FALSE(give(kB, note_on(0, 60, 1)));
    EXPECT_FALSE(give(kB, note_on(0, 61, 1)));
    pass(40ms);
    EXPECT_TRUE(in_step(kB));
    EXPECT_TRUE(leads(kB, note_on(0, 62, 1)));
}

TEST_F(PairingTest, WhatWasPlayedSwallowedAndJoinedIsCounted) {
    EXPECT_TRUE(give(kA, event(1)));
    EXPECT_EQ(counters().takeovers, 1U) << "of the one track";
    EXPECT_FALSE(give(kB, event(1)));
    EXPECT_EQ(counters().first, 1U);
    EXPECT_EQ(counters().second, 0U) << "it waits";
    const auto joins = counters().joins;
    pass(40ms);
    EXPECT_EQ(counters().joins, joins + 2 * kMaxPorts) << "each track of each port is joined";
    EXPECT_TRUE(give(kA, event(2)));
    EXPECT_FALSE(give(kB, event(2)));
    EXPECT_EQ(counters().first, 2U);
    EXPECT_EQ(counters().second, 1U);
    EXPECT_EQ(counters().contradictions, 0U);
    EXPECT_EQ(counters().unpaired, 0U);
}

}  // namespace
}  // namespace midinet::path
