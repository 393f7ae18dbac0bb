// Numbers, repeats, pace, heartbeats, the end. Answers: answers_test.cpp.
#include "unit/path/transmit_fixture.hpp"

#include <map>
#include <set>

namespace midinet::path {
namespace {

class TransmitTest : public TransmitFixture {};

TEST_F(TransmitTest, FirstEventHasNumberOneAndEachFollowingOneMore) {
    play_notes(3);
    flush();
    const auto data = sent_.data();
    ASSERT_EQ(data.size(), 1U);
    EXPECT_EQ(numbers_of(data[0].events), counted(1, 3));
    EXPECT_EQ(data[0].head.newest, Sequence{3});
    EXPECT_EQ(data[0].head.first_new, Sequence{1});
}

TEST_F(TransmitTest, NothingIsSentWhereNothingIsNew) {
    flush();
    EXPECT_TRUE(sent_.letters.empty());
}

TEST_F(TransmitTest, HeaderNamesSenderAndBootAndGoesToTheDataGroup) {
    play_notes(1);
    flush();
    ASSERT_EQ(sent_.letters.size(), 1U);
    EXPECT_EQ(sent_.letters[0].group, Group::Data);
    const auto header = sent_.letters[0].decoded().header;
    EXPECT_EQ(header.sender, SenderId{7});
    EXPECT_EQ(header.boot, kEpoch);
    EXPECT_EQ(sent_.data()[0].head.source, kSource);
}

TEST_F(TransmitTest, EventsAreDatedByTheMomentTheyWereReadInStreamTime) {
    play_notes(1);
    now_ += 160us;
    flush();
    const auto data = sent_.data();
    ASSERT_EQ(data.size(), 1U);
    EXPECT_EQ(data[0].head.sent_us, 10'000'160U);
    EXPECT_EQ(data[0].events.at(0).time_us, 10'000'000U);
}

TEST_F(TransmitTest, LaterDatagramRepeatsEarlierEventsBeforeItsNewOnes) {
    play_notes(2);
    flush();
    now_ += 1ms;
    play_notes(1);
    flush();
    const auto data = sent_.data();
    ASSERT_EQ(data.size(), 2U);
    EXPECT_EQ(numbers_of(data[1].events), counted(1, 3));
    EXPECT_EQ(data[1].head.first_new, Sequence{3});
}

TEST_F(TransmitTest, EventsOlderThanTheRepeatWindowAreNotRepeated) {
    play_notes(1);
    flush();
    now_ += Transmit::kRepeatWindow + 1ms;
    play_notes(1);
    flush();
    EXPECT_EQ(numbers_of(sent_.data().at(1).events), counted(2, 2));
}

TEST_F(TransmitTest, LastEventBeforeASilenceIsSaidOnceMoreAfterAMillisecond) {
    play_notes(1);
    transmit_.on_timer(now_, sent_);
    const auto before = sent_.data().size();
    now_ += Transmit::kEchoAfter - 1us;
    transmit_.on_timer(now_, sent_);
    EXPECT_EQ(sent_.data().size(), before);
    for (int i = 0; i < 2; ++i) {
        now_ += 1us;
        transmit_.on_timer(now_, sent_);
        ASSERT_EQ(sent_.data().size(), before + 1) << "once, and not again";
    }
    EXPECT_EQ(numbers_of(sent_.data().back().events), counted(1, 1));
    EXPECT_EQ(sent_.data().back().head.first_new, Sequence{2});
}

TEST_F(TransmitTest, FloodSendsEveryEventAtLeastTwice) {
    std::map<std::uint32_t, int> times;
    for (int burst = 0; burst < 20; ++burst) {
        play_notes(100);
        flush();
        now_ += 3ms;
    }
    play_notes(1);
    flush();
    for (const auto& letter : sent_.data())
        for (const auto number : numbers_of(letter.events)) ++times[number];
    for (std::uint32_t n = 1; n <= 2000; ++n) EXPECT_GE(times[n], 2) << "event " << n;
}

TEST_F(TransmitTest, NoDatagramIsLongerThanTheLimit) {
    for (unsigned i = 0; i < 2000; ++i)
        play(i % 3 == 0 ? midi::Message{0xF8} : midi::note_on(0, i % 128, 1), i % 16);
    play(midi::Message(sysex_of(47)));
    for (int i = 0; i < 30; ++i) tick(1ms);
    std::set<std::uint32_t> seen;
    for (const auto& letter : sent_.letters) EXPECT_LE(letter.bytes.size(), wire::kMaxDatagram);
    for (const auto& letter : sent_.data())
        for (const auto number : numbers_of(letter.events)) seen.insert(number);
    EXPECT_EQ(seen.size(), 2001U);
}

TEST_F(TransmitTest, FloodIsPacedAfterItsFirstDatagrams) {
    tick();  // the beat is behind us
    play_notes(2000);
    flush();
    EXPECT_EQ(sent_.data().size(), Transmit::kRunBurst);
    EXPECT_GT(transmit_.next_due(), now_);
    flush();
    EXPECT_EQ(sent_.data().size(), Transmit::kRunBurst) << "no time has passed";
    now_ += Transmit::kRunPace;
    flush();
    EXPECT_EQ(sent_.data().size(), Transmit::kRunBurst + 1);
}

TEST_F(TransmitTest, ASourceFasterThanThePaceIsNotReadAnyFurther) {
    play_notes(200);
    EXPECT_TRUE(transmit_.accepts());
    play_notes(2000);
    EXPECT_FALSE(transmit_.accepts());
    for (int i = 0; i < 30; ++i) tick(1ms);
    EXPECT_TRUE(transmit_.accepts());
}

TEST_F(TransmitTest, HeartbeatComesEveryInterval) {
    Transmit fresh{options()};
    for (auto t = kStart; t < kStart + 300ms; t += 1ms) fresh.on_timer(t, sent_);
    EXPECT_EQ(sent_.beats().size(), 100U);
    EXPECT_EQ(sent_.letters[0].group, Group::Heartbeat);
    EXPECT_EQ(sent_.beats().back().beat.beat, 100U);
    EXPECT_EQ(sent_.beats().back().beat.interval_us, 3000U);
    EXPECT_EQ(fresh.counters().late_beats, 0U);
}

TEST_F(TransmitTest, AfterAStallThereIsOneBeatNotABurst) {
    Transmit fresh{options()};
    fresh.on_timer(kStart, sent_);
    sent_.clear();
    const auto woken = kStart + 100ms;
    fresh.on_timer(woken, sent_);
    fresh.on_timer(woken + 1ms, sent_);
    EXPECT_EQ(sent_.beats().size(), 1U);
    EXPECT_EQ(fresh.counters().late_beats, 1U);
    EXPECT_EQ(fresh.next_due(), woken + 3ms);
}

TEST_F(TransmitTest, BeatThatFallsDueBehindNewEventsMakesWayForThem) {
    tick();
    const auto due = now_ + 3ms;
    now_ = due - 50us;
    play_notes(1);
    flush();
    sent_.clear();
    tick(50us);
    EXPECT_TRUE(sent_.beats().empty());
    EXPECT_EQ(transmit_.next_due(), due - 50us + Transmit::kEventsFirst);
    now_ = transmit_.next_due();
    tick();
    EXPECT_EQ(sent_.beats().size(), 1U);
    now_ = due + 3ms - 1us;
    tick();
    EXPECT_EQ(sent_.beats().size(), 1U);
    tick(1us);  // the next one keeps its time
    EXPECT_EQ(sent_.beats().size(), 2U);
}

TEST_F(TransmitTest, EventsWithoutEndHoldNoBeatBackForLong) {
    tick();
    sent_.clear();
    const auto began = now_;
    for (std::size_t beat = 1; beat <= 10; ++beat) {
        const auto latest = began + 3ms * beat + Transmit::kEventsFirst;
        for (; now_ < latest; tick(50us)) play_notes(1);
        EXPECT_EQ(sent_.beats().size(), beat);
    }
}

TEST_F(TransmitTest, HeartbeatTellsNewestAndDigestAndRepeatsRecentEvents) {
    play_notes(3);
    tick();
    const auto beat = sent_.beats().at(0);
    EXPECT_EQ(beat.beat.newest, Sequence{3});
    EXPECT_EQ(beat.beat.digest, transmit_.state().digest());
    EXPECT_EQ(numbers_of(beat.events), counted(1, 3));
}

TEST_F(TransmitTest, HeartbeatStopsRepeatingAfterTheWindow) {
    play_notes(3);
    tick();
    tick(Transmit::kRepeatWindow + 3ms);
    EXPECT_TRUE(sent_.beats().back().events.empty());
    EXPECT_EQ(sent_.beats().back().beat.newest, Sequence{3});
}

TEST_F(TransmitTest, HeartbeatAmidUnsentEventsTellsOnlyOfSentOnesAndForbidsComparingItsDigest) {
    play_notes(2000);
    tick();
    const auto beat = sent_.beats().at(0);
    const auto data = sent_.data();
    EXPECT_EQ(beat.beat.newest, data.back().head.newest);
    EXPECT_NE(beat.beat.flags & wire::heartbeat_flags::kNoDigest, 0);
    for (const auto& event : beat.events) EXPECT_FALSE(is_after(event.sequence, beat.beat.newest));
    for (int i = 0; i < 30; ++i) tick(1ms);
    EXPECT_EQ(sent_.beats().back().beat.flags & wire::heartbeat_flags::kNoDigest, 0);
}

TEST_F(TransmitTest, FlagsAndPortsAreToldInTheHeartbeat) {
    transmit_.set_flags(wire::heartbeat_flags::kActiveSensing);
    transmit_.set_ports(5);
    tick();
    EXPECT_EQ(sent_.beats().at(0).beat.flags, wire::heartbeat_flags::kActiveSensing);
    EXPECT_EQ(sent_.beats().at(0).beat.ports, 5);
}

TEST_F(TransmitTest, GoodbyeSendsWhatWasUnsentFirstWhateverThePace) {
    play_notes(2000);
    transmit_.say_goodbye(now_, sent_);
    EXPECT_EQ(sent_.data().back().head.newest, Sequence{2000});
    ASSERT_EQ(sent_.beats().size(), 1U);
    EXPECT_EQ(sent_.letters.back().group, Group::Heartbeat);
    EXPECT_EQ(sent_.beats()[0].beat.flags, wire::heartbeat_flags::kGoodbye);
    EXPECT_EQ(sent_.beats()[0].beat.newest, Sequence{2000});
}

TEST_F(TransmitTest, ReleaseNumbersTheNoteOffsOfEveryPortAndRaisesPedals) {
    play(midi::note_on(0, 60, 100), 0);
    play(midi::note_on(3, 61, 100), 2);
    play(midi::control_change(3, 64, 127), 2);
    transmit_.release_all(now_);
    flush();
    const auto events = sent_.data().at(0).events;
    ASSERT_EQ(events.size(), 6U);
    EXPECT_EQ(events[3].message, midi::note_off(0, 60));
    EXPECT_EQ(events[3].port, PortIndex{0});
    EXPECT_EQ(events[4].message, midi::note_off(3, 61));
    EXPECT_EQ(events[5].message, midi::control_change(3, 64, 0));
    EXPECT_EQ(events[5].port, PortIndex{2});
    EXPECT_EQ(transmit_.state().sounding_total(), 0U);
}

TEST_F(TransmitTest, ReleaseOfSilenceNumbersNothing) {
    play(midi::control_change(0, 7, 100));
    transmit_.release_all(now_);
    transmit_.release_all(now_);
    EXPECT_EQ(transmit_.newest(), Sequence{1});
}

TEST_F(TransmitTest, LongSysExIsFragmentsFirstAndThenItsPlaceAmongTheEvents) {
    const auto sysex = sysex_of(2500);
    play(midi::note_on(0, 60, 1));
    play_sysex(sysex, 2);
    play(midi::note_off(0, 60));
    flush();
    const auto bulk = sent_.bulk();
    ASSERT_EQ(bulk.size(), 3U);
    EXPECT_EQ(sent_.letters[0].decoded().header.kind, wire::PacketKind::Bulk);
    EXPECT_EQ(bulk[1].offset, 1024U);
    EXPECT_EQ(bulk[2].bytes.size(), 452U);
    const auto events = sent_.data().at(0).events;
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[1].kind, wire::EventKind::LongSysEx);
    EXPECT_EQ(events[1].port, PortIndex{2});
    EXPECT_EQ(events[1].extent.first_fragment, Sequence{1});
    EXPECT_EQ(events[1].extent.last_fragment, Sequence{3});
    EXPECT_EQ(events[1].extent.bytes, 2500U);
}

TEST_F(TransmitTest, AbortedSysExHasAPlaceThatSaysSo) {
    const auto sysex = sysex_of(1500);
    transmit_.add_sysex_piece(PortIndex{1}, sysex, true, false, now_);
    transmit_.abort_sysex(PortIndex{1}, now_);
    flush();
    const auto events = sent_.data().at(0).events;
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, wire::EventKind::AbortedSysEx);
    EXPECT_EQ(events[0].extent.last_fragment, Sequence{2});
}

TEST_F(TransmitTest, LiveEventsPassBetweenTheFragmentsOfALongSysEx) {
    play_sysex(sysex_of(100 * 1024));
    flush();
    const auto fragments = sent_.bulk().size();
    EXPECT_LT(fragments, 100U);
    play(midi::note_on(0, 60, 1));
    flush();
    EXPECT_EQ(sent_.data().back().head.newest, transmit_.newest());
    EXPECT_LT(sent_.bulk().size(), 100U) << "the note went out while fragments still waited";
}

TEST_F(TransmitTest, HeartbeatTellsTheNewestFragmentThatWasSent) {
    play_sysex(sysex_of(100 * 1024));
    tick();
    const auto sent = static_cast<std::uint32_t>(sent_.bulk().size());
    EXPECT_EQ(sent_.beats().at(0).beat.newest_bulk, Sequence{sent});
    EXPECT_LT(sent, 100U);
}

TEST_F(TransmitTest, ExtremeAgesSurviveTheWire) {
    Transmit fresh{options()};
    fresh.add_message(PortIndex{0}, midi::note_on(0, 1, 1), kStart);  // stream time zero
    fresh.flush(kStart, sent_);
    EXPECT_EQ(sent_.data().at(0).events.at(0).time_us, 0U);
}

}  // namespace
}  // namespace midinet::path
