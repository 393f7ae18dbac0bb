// What reaches the port, and in which order.
#include "path/playout/output.hpp"

#include "base/crc32.hpp"
#include "path/receive/bulk_window.hpp"
#include "unit/midi/midi_printing.hpp"
#include "unit/path/sent.hpp"

namespace midinet::path {
namespace {

using midi::Message;
using midi::Messages;
using Bytes = std::vector<std::uint8_t>;

constexpr TimePoint kNow{100s};
constexpr Message kClock{0xF8};
constexpr Message kStart{0xFA};
constexpr Message kStop{0xFC};
constexpr Message kReset{0xFF};
constexpr Message kPosition{0xF2, 1, 2};
const Message kNote = midi::note_on(0, 60, 100);

/// A port that can be full or gone.
class TestPort final : public PortWriter {
  public:
    Wrote write(PortIndex port, std::span<const std::uint8_t> bytes,
                TimePoint when) noexcept override {
        if (answer != Wrote::Taken) return answer;
        if (room == 0) return Wrote::Full;
        --room;
        writes[port.value].emplace_back(bytes.begin(), bytes.end());
        moments.push_back(when);
        return Wrote::Taken;
    }
    Bytes joined(unsigned port = 0) {
        Bytes all;
        for (const auto& write : writes[port]) all.insert(all.end(), write.begin(), write.end());
        return all;
    }
    Wrote answer = Wrote::Taken;
    unsigned room = 1'000'000;  ///< writes it will take
    std::array<std::vector<Bytes>, kMaxPorts> writes;
    std::vector<TimePoint> moments;
};

Bytes bytes_of(const Messages& messages) {
    Bytes all;
    for (const auto& m : messages) all.insert(all.end(), m.bytes().begin(), m.bytes().end());
    return all;
}
Bytes operator+(Bytes a, const Bytes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

class OutputTest : public ::testing::Test {
  protected:
    OutputTest() { output_.set_store(&store_); }

    void play(const Message& message, unsigned port = 0) {
        output_.on_event({.port = PortIndex{static_cast<std::uint8_t>(port)}, .message = message},
                         now_);
    }
    struct LongSysEx {
        Bytes bytes;
        wire::Event event;
    };
    /// The next fragments of the bulk lane.
    LongSysEx sysex(std::size_t size, unsigned port = 0) {
        LongSysEx s{sysex_of(size, next_fragment_), {}};
        const auto fragments = (size + wire::kFragmentBytes - 1) / wire::kFragmentBytes;
        s.event = {
            .port = PortIndex{static_cast<std::uint8_t>(port)},
            .kind = wire::EventKind::LongSysEx,
            .extent = {
                .first_fragment = {next_fragment_},
                .last_fragment = {next_fragment_ + static_cast<std::uint32_t>(fragments) - 1},
                .bytes = static_cast<std::uint32_t>(size),
                .crc = crc32_finish(crc32_update(kCrc32Init, std::as_bytes(std::span{s.bytes})))}};
        next_fragment_ += static_cast<std::uint32_t>(fragments);
        return s;
    }
    void arrive(const LongSysEx& s, std::uint32_t only = 0) {
        const auto first = s.event.extent.first_fragment.value;
        for (std::size_t at = 0; at < s.bytes.size(); at += wire::kFragmentBytes) {
            const auto number = first + static_cast<std::uint32_t>(at / wire::kFragmentBytes);
            if (only != 0 && number != only) continue;
            const auto n = std::min(wire::kFragmentBytes, s.bytes.size() - at);
            store_.put({.sequence = {number},
                        .port = s.event.port,
                        .offset = static_cast<std::uint32_t>(at),
                        .bytes = std::as_bytes(std::span{s.bytes}).subspan(at, n)});
        }
    }
    void place(const LongSysEx& s) { output_.on_event(s.event, now_); }
    void pump(Duration step = Duration::zero()) {
        now_ += step;
        output_.pump(now_);
    }
    int control(unsigned controller) const {
        const auto* told = output_.told().find(PortIndex{0});
        return told != nullptr ? told->control(0, controller) : -1;
    }

    TestPort port_;
    BulkWindow store_;
    Output output_{port_};
    TimePoint now_ = kNow;
    std::uint32_t next_fragment_ = 1;
};

TEST_F(OutputTest, MessagesGoAtOnceToTheirPortWithTheirMoment) {
    play(kNote, 3);
    EXPECT_EQ(port_.joined(3), bytes_of({kNote}));
    EXPECT_EQ(port_.moments, std::vector{kNow});
    EXPECT_EQ(output_.counters().messages, 1U);
    EXPECT_TRUE(output_.idle());
    EXPECT_EQ(output_.next_due(), kNever);
}

TEST_F(OutputTest, PortOutOfRangeIsIgnored) {
    output_.on_event({.port = PortIndex{kMaxPorts}, .message = kNote}, kNow);
    EXPECT_EQ(output_.counters().messages, 0U);
}

TEST_F(OutputTest, FullPortKeepsMessagesInOrderUntilItTakesThem) {
    port_.answer = Wrote::Full;
    const Messages messages{kNote, midi::control_change(0, 7, 1), midi::note_off(0, 60)};
    for (const auto& m : messages) play(m);
    EXPECT_FALSE(output_.idle());
    pump();
    EXPECT_EQ(output_.next_due(), now_ + Output::kRetry);
    port_.answer = Wrote::Taken;
    pump(1ms);
    EXPECT_EQ(port_.joined(), bytes_of(messages));
    EXPECT_TRUE(output_.idle());
    EXPECT_EQ(output_.next_due(), kNever);
    EXPECT_FALSE(output_.dirty());
}

TEST_F(OutputTest, NothingOvertakesWhatAFullPortKeepsEvenOnceItHasRoom) {
    port_.answer = Wrote::Full;
    play(kNote);
    port_.answer = Wrote::Taken;
    play(midi::note_off(0, 60));
    pump();
    EXPECT_EQ(port_.joined(), bytes_of({kNote, midi::note_off(0, 60)}));
}

TEST_F(OutputTest, ClockThatFindsThePortFullIsDroppedAndCounted) {
    port_.answer = Wrote::Full;
    for (const std::uint8_t tick : std::initializer_list<std::uint8_t>{0xF8, 0xF9, 0xFD})
        play(Message{tick});
    EXPECT_EQ(output_.counters().port_full, 3U);
    EXPECT_TRUE(output_.idle()) << "a late tick is worth nothing";
    EXPECT_FALSE(output_.dirty()) << "and nobody's state lacks it";
}

TEST_F(OutputTest, StartAndStopThatFindThePortFullWait) {
    port_.answer = Wrote::Full;
    for (const auto& m : {kStart, kStop, Message{0xFB}, kReset}) play(m);
    EXPECT_EQ(output_.counters().port_full, 0U);
    port_.answer = Wrote::Taken;
    pump();
    EXPECT_EQ(port_.joined(), bytes_of({kStart, kStop, Message{0xFB}, kReset}));
}

TEST_F(OutputTest, ClockKeepsItsPlaceBehindAStartThatWaits) {
    port_.answer = Wrote::Full;
    play(kStart);
    port_.answer = Wrote::Taken;
    play(kClock);
    pump();
    EXPECT_EQ(port_.joined(), bytes_of({kStart, kClock}));
}

TEST_F(OutputTest, ClockOvertakesNotesThatWait) {
    port_.answer = Wrote::Full;
    play(kNote);
    port_.answer = Wrote::Taken;
    play(kClock);
    pump();
    EXPECT_EQ(port_.joined(), bytes_of({kClock, kNote}));
}

TEST_F(OutputTest, TransportKeepsItsPlaceBehindASongPositionThatWaits) {
    const auto s = sysex(2000);
    place(s);
    play(kPosition);
    play(kStart);
    play(kClock);
    EXPECT_TRUE(port_.joined().empty());
    arrive(s);
    pump();
    EXPECT_EQ(port_.joined(), s.bytes + bytes_of({kPosition, kStart, kClock}));
}

TEST_F(OutputTest, ResetOvertakesNothing) {
    const auto s = sysex(2000);
    place(s);
    play(kReset);
    EXPECT_TRUE(port_.joined().empty());
    arrive(s);
    pump();
    EXPECT_EQ(port_.joined(), s.bytes + bytes_of({kReset}));
}

TEST_F(OutputTest, LongSysExIsPlayedWholeInItsPlace) {
    const auto s = sysex(5000);
    arrive(s);
    play(kNote);
    place(s);
    play(midi::note_off(0, 60));
    pump();
    EXPECT_EQ(port_.joined(), bytes_of({kNote}) + s.bytes + bytes_of({midi::note_off(0, 60)}));
    EXPECT_EQ(output_.counters().sysex, 1U);
    for (const auto& write : port_.writes[0]) EXPECT_LE(write.size(), wire::kFragmentBytes);
}

TEST_F(OutputTest, LongSysExThatMissesFragmentsHoldsBackItsOwnPortOnly) {
    const auto s = sysex(3000);
    arrive(s, 1);
    place(s);
    play(kNote, 0);
    play(kNote, 1);
    pump();
    EXPECT_TRUE(port_.joined(0).empty());
    EXPECT_EQ(port_.joined(1), bytes_of({kNote}));
    arrive(s);
    pump(1ms);
    EXPECT_EQ(port_.joined(0), s.bytes + bytes_of({kNote}));
}

TEST_F(OutputTest, OnlyRealTimeGoesBetweenThePiecesOfALongSysEx) {
    const auto s = sysex(3 * wire::kFragmentBytes);
    arrive(s);
    place(s);
    port_.room = 1;
    pump();
    port_.room = 1;
    play(kNote);
    play(kClock);
    EXPECT_EQ(port_.writes[0].size(), 2U);
    EXPECT_EQ(port_.writes[0][1], bytes_of({kClock}));
    port_.room = 100;
    pump(1ms);
    EXPECT_EQ(port_.writes[0].back(), bytes_of({kNote}));
    port_.writes[0].erase(port_.writes[0].begin() + 1);
    EXPECT_EQ(port_.joined(), s.bytes + bytes_of({kNote}));
}

TEST_F(OutputTest, OnePumpWritesABoundedShareOfALongSysEx) {
    const auto s = sysex(200 * wire::kFragmentBytes);
    arrive(s);
    place(s);
    pump();
    EXPECT_EQ(port_.writes[0].size(), Output::kPiecesPerPump);
    EXPECT_EQ(output_.next_due(), now_) << "it goes on in the next turn";
    for (int i = 0; i < 3; ++i) pump();
    EXPECT_EQ(port_.joined(), s.bytes);
}

TEST_F(OutputTest, LostSysExIsDroppedWholeAndWhatWaitedBehindItIsPlayed) {
    auto s = sysex(3000);
    s.event.extent.crc ^= 1U;
    arrive(s);
    place(s);
    play(kNote);
    pump();
    EXPECT_EQ(port_.joined(), bytes_of({kNote}));
    EXPECT_EQ(output_.counters().sysex_lost, 1U);
}

TEST_F(OutputTest, LongSysExOverwrittenWhileASlowPortTakesItEndsThereAndIsCounted) {
    const auto s = sysex(6 * wire::kFragmentBytes);
    arrive(s);
    place(s);
    port_.room = 2;
    pump();
    ASSERT_EQ(port_.writes[0].size(), 2U);
    for (std::uint32_t i = 0; i < BulkWindow::kDepth - 2; i += 100) arrive(sysex(102'400, 1));
    port_.room = 1'000'000;
    pump(1ms);
    EXPECT_EQ(port_.joined(), Bytes(s.bytes.begin(), s.bytes.begin() + 2048))
        << "no hole may be left out silently";
    EXPECT_EQ(output_.counters().sysex, 0U);
    EXPECT_EQ(output_.counters().sysex_lost, 1U);
    EXPECT_TRUE(output_.idle());
}

TEST_F(OutputTest, LongSysExOfASilentSourceIsNotWaitedForForever) {
    const auto s = sysex(3000);
    place(s);
    play(kNote);
    pump(Output::kSysExPatience - 1ms);
    EXPECT_TRUE(port_.joined().empty());
    pump(1ms);
    EXPECT_EQ(port_.joined(), bytes_of({kNote}));
    EXPECT_EQ(output_.counters().sysex_lost, 1U);
}

TEST_F(OutputTest, AbortedSysExIsCountedAndHoldsNothingBack) {
    auto s = sysex(3000);
    s.event.kind = wire::EventKind::AbortedSysEx;
    place(s);
    play(kNote);
    EXPECT_EQ(port_.joined(), bytes_of({kNote}));
    EXPECT_EQ(output_.counters().sysex_lost, 1U);
}

TEST_F(OutputTest, SwitchingTheStoreDropsWhatWaitedForTheOldSource) {
    const auto s = sysex(3000);
    place(s);
    play(kNote);
    output_.set_store(&store_);
    EXPECT_TRUE(output_.idle());
    EXPECT_TRUE(output_.dirty()) << "the note was never told";
    EXPECT_EQ(output_.counters().sysex_lost, 1U);
    EXPECT_EQ(output_.counters().port_full, 1U);
    play(midi::note_off(0, 60));
    EXPECT_EQ(port_.joined(), bytes_of({midi::note_off(0, 60)}));
}

TEST_F(OutputTest, WithoutAStoreALongSysExIsLost) {
    output_.set_store(nullptr);
    place(sysex(3000));
    pump();
    EXPECT_EQ(output_.counters().sysex_lost, 1U);
    EXPECT_TRUE(output_.idle());
}

TEST_F(OutputTest, MoreThanItsRoomDropsTheOldestAndCallsThePortDirty) {
    port_.answer = Wrote::Full;
    for (unsigned i = 0; i <= Output::kHeldPerPort; ++i)
        play(midi::control_change(0, 7 + i % 2, i % 128));
    EXPECT_EQ(output_.counters().port_full, 1U);
    EXPECT_TRUE(output_.dirty());
    port_.answer = Wrote::Taken;
    pump();
    EXPECT_EQ(port_.writes[0].size(), Output::kHeldPerPort);
    EXPECT_EQ(port_.writes[0].front(), bytes_of({midi::control_change(0, 8, 1)}));
}

TEST_F(OutputTest, MoreThanItsRoomAtOnceIsPlayedOnWhereThePortTakesIt) {
    const auto s = sysex(2 * wire::kFragmentBytes);
    place(s);
    pump();
    arrive(s);  // and with it, before the next pump, more than is held
    Bytes expected = s.bytes;
    for (unsigned i = 0; i < 3 * Output::kHeldPerPort; ++i) {
        const auto message = midi::control_change(0, 7, i % 128);
        play(message);
        expected = std::move(expected) + bytes_of({message});
    }
    pump();
    EXPECT_EQ(port_.joined(), expected);
    EXPECT_EQ(output_.counters().port_full, 0U);
    EXPECT_EQ(output_.counters().sysex_lost, 0U);
}

TEST_F(OutputTest, SysExThatThePortRefusesIsCountedAndHoldsNothingBack) {
    const auto message = sysex(3000);
    arrive(message);
    port_.answer = Wrote::Refused;
    place(message);
    pump();
    EXPECT_EQ(output_.counters().sysex_lost, 1U);
    EXPECT_EQ(output_.counters().sysex, 0U);
    EXPECT_TRUE(output_.idle());
    EXPECT_FALSE(output_.dirty()) << "nothing that could be told again";
    port_.answer = Wrote::Taken;
    play(kNote);
    EXPECT_EQ(output_.counters().messages, 1U);
}

TEST_F(OutputTest, PortThatIsGoneLosesMessagesAndIsDirty) {
    port_.answer = Wrote::Lost;
    play(kNote);
    EXPECT_EQ(output_.counters().port_absent, 1U);
    EXPECT_TRUE(output_.dirty());
    EXPECT_TRUE(output_.idle()) << "nothing is kept for a port that may never come";
}

TEST_F(OutputTest, ToldIsWhatThePortTookAndNothingElse) {
    play(midi::control_change(0, 7, 1));
    port_.answer = Wrote::Full;
    play(midi::control_change(0, 7, 2));
    EXPECT_EQ(control(7), 1);
    port_.answer = Wrote::Taken;
    pump();
    EXPECT_EQ(control(7), 2);
    port_.answer = Wrote::Lost;
    play(midi::control_change(0, 7, 3));
    EXPECT_EQ(control(7), 2);
}

TEST_F(OutputTest, OpenedPortHasBeenToldNothing) {
    play(midi::control_change(0, 7, 1));
    output_.on_port_opened();
    EXPECT_EQ(control(7), -1);
    EXPECT_TRUE(output_.dirty());
    output_.clear_dirty();
    EXPECT_FALSE(output_.dirty());
}

}  // namespace
}  // namespace midinet::path
