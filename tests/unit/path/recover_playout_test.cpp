// The shadow and its corrections; the jitter buffer.
#include "path/playout/playout.hpp"
#include "path/recover/recover.hpp"
#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::path {
namespace {

using midi::control_change;
using midi::Message;
using midi::Messages;
using midi::note_off;
using midi::note_on;

constexpr TimePoint kNow{100s};

struct Log final : EventSink {
    void on_event(const wire::Event& event, TimePoint when) noexcept override {
        events.push_back(event);
        moments.push_back(when);
    }
    Messages messages() const {
        Messages all;
        for (const auto& event : events) all.push_back(event.message);
        return all;
    }
    std::vector<wire::Event> events;
    std::vector<TimePoint> moments;
};

class RecoverTest : public ::testing::Test {
  protected:
    static wire::Event event(const Message& m, unsigned port = 0, wire::StreamTime at = 0) {
        return {.port = PortIndex{static_cast<std::uint8_t>(port)}, .time_us = at, .message = m};
    }
    void play(const Message& m, unsigned port = 0) { recover_.on_event(event(m, port), kNow); }
    void truth(const Message& m, unsigned port = 0, wire::StreamTime at = 0) {
        truth_.apply(PortIndex{static_cast<std::uint8_t>(port)}, m, at);
    }
    Messages resync(Duration fresh = 500ms, wire::StreamTime stream_now = 0) {
        log_ = {};
        recover_.resync(truth_, {.fresh = fresh}, stream_now, kNow);
        return log_.messages();
    }
    midi::ControlProfile profile_;
    Log log_;
    Recover recover_{profile_, log_};
    midi::StreamState truth_;
};

TEST_F(RecoverTest, EventsPassUnchangedAndAreRemembered) {
    play(note_on(0, 60, 100), 2);
    ASSERT_EQ(log_.events.size(), 1U);
    EXPECT_EQ(log_.events[0].port, PortIndex{2});
    EXPECT_EQ(log_.moments[0], kNow);
    EXPECT_EQ(recover_.shadow().find(PortIndex{2})->sounding(0, 60), 1);
    EXPECT_EQ(recover_.corrections(), 0U);
}

TEST_F(RecoverTest, PlacesOfLongSysExPassAndChangeNoState) {
    recover_.on_event({.kind = wire::EventKind::LongSysEx}, kNow);
    EXPECT_EQ(log_.events.size(), 1U);
    EXPECT_EQ(recover_.shadow().digest(), 0U);
}

TEST_F(RecoverTest, CorrectingWhatIsRightAlreadySaysNothing) {
    for (const auto& m : {note_on(0, 60, 1), control_change(0, 7, 9), Message{0xFA}}) {
        play(m);
        truth(m);
    }
    EXPECT_EQ(resync(), Messages{});
}

TEST_F(RecoverTest, ResyncSaysTheDifferenceOnceOnEveryPort) {
    play(note_on(0, 60, 100), 0);
    play(control_change(0, 7, 1), 1);
    truth(control_change(0, 7, 2), 1);
    truth(control_change(0, 8, 3), 5);
    EXPECT_EQ(resync(),
              (Messages{note_off(0, 60), control_change(0, 7, 2), control_change(0, 8, 3)}));
    EXPECT_EQ(log_.events[2].port, PortIndex{5});
    EXPECT_EQ(recover_.corrections(), 3U);
    EXPECT_EQ(resync(), Messages{}) << "said once is enough";
}

TEST_F(RecoverTest, NotesOnPortsThatTheTruthDoesNotHaveEnd) {
    play(note_on(0, 60, 100), 3);
    EXPECT_EQ(resync(), Messages{note_off(0, 60)});
    EXPECT_EQ(log_.events[0].port, PortIndex{3});
}

TEST_F(RecoverTest, OnlyFreshNotesAreStartedLate) {
    truth(note_on(0, 60, 100), 0, 1'000'000);
    truth(note_on(0, 62, 100), 0, 1'900'000);
    EXPECT_EQ(resync(500ms, 2'000'000), Messages{note_on(0, 62, 100)});
}

TEST_F(RecoverTest, ReleaseEndsNotesAndRaisesPedalsAndKeepsValues) {
    play(note_on(0, 60, 100), 0);
    play(control_change(0, 64, 127), 1);
    play(control_change(0, 7, 99), 1);
    log_ = {};
    recover_.release(kNow);
    EXPECT_EQ(log_.messages(), (Messages{note_off(0, 60), control_change(0, 64, 0)}));
    EXPECT_EQ(recover_.shadow().find(PortIndex{1})->control(0, 7), 99);
    log_ = {};
    recover_.release(kNow);
    EXPECT_EQ(log_.messages(), Messages{}) << "silence needs no second release";
}

TEST_F(RecoverTest, RebaseMakesTheNextResyncStartFromWhatThePortWasTold) {
    play(control_change(0, 7, 9));
    truth(control_change(0, 7, 9));
    midi::StreamState told;
    told.apply(PortIndex{0}, control_change(0, 7, 1), 0);
    recover_.rebase(told);
    EXPECT_EQ(resync(), Messages{control_change(0, 7, 9)});
}

TEST_F(RecoverTest, RelativeControlsAreNeverRestored) {
    ASSERT_TRUE(profile_.add(midi::ControlClass::Relative, "1:16"));
    truth(control_change(0, 16, 65));
    truth(control_change(0, 17, 65));
    EXPECT_EQ(resync(), Messages{control_change(0, 17, 65)});
}

class PlayoutTest : public ::testing::Test {
  protected:
    static wire::Event event(unsigned n) {
        return {.sequence = {n}, .message = note_on(0, n % 128, 1)};
    }
    std::vector<std::uint32_t> played() const {
        std::vector<std::uint32_t> numbers;
        for (const auto& e : log_.events) numbers.push_back(e.sequence.value);
        return numbers;
    }
    using Numbers = std::vector<std::uint32_t>;
    Log log_;
    Playout buffer_{5ms, log_};
};

TEST_F(PlayoutTest, WithoutADelayEventsPassAtOnce) {
    Playout direct{Duration::zero(), log_};
    direct.on_event(event(1), kNow);
    EXPECT_EQ(played(), Numbers{1});
    EXPECT_TRUE(direct.empty());
    EXPECT_EQ(direct.next_due(), kNever);
}

TEST_F(PlayoutTest, EventIsPlayedItsDelayAfterItsOwnMoment) {
    buffer_.on_event(event(1), kNow);
    EXPECT_EQ(buffer_.next_due(), kNow + 5ms);
    buffer_.on_timer(kNow + 5ms - 1ns);
    EXPECT_TRUE(log_.events.empty());
    buffer_.on_timer(kNow + 5ms);
    EXPECT_EQ(played(), Numbers{1});
    EXPECT_EQ(log_.moments[0], kNow) << "the moment stays the event's own";
}

TEST_F(PlayoutTest, EventThatIsLateAlreadyIsDueAtOnce) {
    buffer_.on_event(event(1), kNow - 20ms);
    buffer_.on_timer(kNow);
    EXPECT_EQ(played(), Numbers{1});
}

TEST_F(PlayoutTest, OrderIsKeptAlsoWhenMomentsGoBack) {
    buffer_.on_event(event(1), kNow);
    buffer_.on_event(event(2), kNow - 3ms);
    buffer_.on_timer(kNow + 3ms);
    EXPECT_TRUE(log_.events.empty()) << "2 does not overtake 1";
    buffer_.on_timer(kNow + 5ms);
    EXPECT_EQ(played(), (Numbers{1, 2}));
}

TEST_F(PlayoutTest, FullBufferPlaysItsOldestEarlyAndLosesNothing) {
    for (unsigned n = 0; n < Playout::kDepth; ++n) buffer_.on_event(event(n), kNow);
    EXPECT_TRUE(log_.events.empty());
    buffer_.on_event(event(Playout::kDepth), kNow);
    EXPECT_EQ(played(), Numbers{0});
    buffer_.on_timer(kNow + 5ms);
    EXPECT_EQ(log_.events.size(), Playout::kDepth + 1);
    EXPECT_TRUE(buffer_.empty());
}

TEST_F(PlayoutTest, DrainPlaysEverythingNowAndTheNextSourceStartsWithoutItsDelays) {
    buffer_.on_event(event(1), kNow + 1s);
    buffer_.drain();
    EXPECT_EQ(played(), Numbers{1});
    buffer_.on_event(event(2), kNow);
    EXPECT_EQ(buffer_.next_due(), kNow + 5ms);
}

}  // namespace
}  // namespace midinet::path
