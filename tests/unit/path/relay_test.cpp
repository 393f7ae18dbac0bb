// A source, one who relays it, and what is heard of both.
#include "path/relay/relay.hpp"

#include "path/receive/source_stream.hpp"
#include "unit/path/hearing.hpp"
#include "unit/path/transmit_fixture.hpp"

namespace midinet::path {
namespace {

constexpr std::uint64_t kRelaySender = 8;
constexpr Epoch kRelayBoot{40};

class RelayTest : public TransmitFixture {
  protected:
    static RelayOptions relay_options(std::uint64_t sender = kRelaySender) {
        return {.source = kSource, .sender = {sender}, .boot = kRelayBoot};
    }
    /// What the source sent since the last time, as it arrives: its multicasts with numbers.
    std::vector<Letter> letters() {
        auto all = std::exchange(sent_.letters, {});
        for (auto& letter : all)
            if (letter.group) wire::set_packet_number(letter.bytes, ++packet_);
        return all;
    }
    std::size_t hear(const std::vector<Letter>& letters) {
        std::size_t passed = 0;
        for (const auto& letter : letters)
            passed += relay_.on_datagram(letter.bytes, now_, relayed_) ? 1U : 0U;
        return passed;
    }
    /// What a source of another epoch sends first.
    static std::vector<Letter> first_words(Epoch epoch, TimePoint now) {
        auto o = options();
        o.epoch = epoch;
        Transmit other{o};
        Sent sent;
        other.add_message(PortIndex{0}, midi::note_on(0, 1, 1), now);
        other.flush(now, sent);
        for (auto& letter : sent.letters) wire::set_packet_number(letter.bytes, 1);
        return sent.letters;
    }
    static std::vector<std::byte> payload(const Letter& letter) {
        const auto view = letter.decoded().payload;
        return {view.begin(), view.end()};
    }

    Relay relay_{relay_options()};
    Sent relayed_;
    std::uint32_t packet_ = 0;
};

TEST_F(RelayTest, EachDatagramIsPassedOnOnceWithOnlyItsHeaderChanged) {
    play_notes(3);
    play_sysex(sysex_of(1500));
    flush();
    tick();
    const auto heard = letters();
    ASSERT_GE(heard.size(), 4U) << "data, two fragments and a beat";
    EXPECT_EQ(hear(heard), heard.size());
    EXPECT_EQ(hear(heard), 0U) << "the second network brings the same";
    EXPECT_EQ(relay_.counters().duplicates, heard.size());
    ASSERT_EQ(relayed_.letters.size(), heard.size());
    for (std::size_t i = 0; i < heard.size(); ++i) {
        const auto before = heard[i].decoded().header;
        const auto after = relayed_.letters[i].decoded().header;
        EXPECT_EQ(after.kind, before.kind);
        EXPECT_EQ(after.sender, SenderId{kRelaySender});
        EXPECT_EQ(after.boot, kRelayBoot);
        EXPECT_EQ(after.packet_number, wire::kUncounted) << "the engine's to set";
        EXPECT_EQ(relayed_.letters[i].group, heard[i].group);
        EXPECT_EQ(payload(relayed_.letters[i]), payload(heard[i]));
    }
}

TEST_F(RelayTest, FlagsOfTheHeaderAreKept) {
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    ByteWriter writer{buffer};
    wire::begin_datagram(writer, {.kind = wire::PacketKind::Data,
                                  .flags = 0x81,
                                  .sender = {kSource.value},
                                  .boot = kEpoch,
                                  .packet_number = 1});
    wire::encode_data_head(writer, {.source = kSource, .epoch = kEpoch});
    ASSERT_TRUE(wire::end_datagram(writer));
    ASSERT_TRUE(relay_.on_datagram(writer.written(), now_, relayed_));
    EXPECT_EQ(relayed_.letters.at(0).decoded().header.flags, 0x81);
}

TEST_F(RelayTest, NetworksThatCountApartOnlyCostASecondCopyAndLoseNothing) {
    play_notes(1);
    flush();
    auto heard = letters();
    ASSERT_EQ(hear(heard), 1U);
    wire::set_packet_number(heard[0].bytes, 500);
    EXPECT_EQ(hear(heard), 1U);
    play_notes(1);
    flush();
    auto next = letters();
    wire::set_packet_number(next[0].bytes, 500);
    EXPECT_EQ(hear(next), 1U) << "another datagram that has the same number elsewhere";
}

TEST_F(RelayTest, UnicastCopiesAnswersAndOtherKindsAreNotPassedOn) {
    play_notes(1);
    flush();
    auto copy = letters();
    wire::set_packet_number(copy[0].bytes, wire::kUncounted);
    EXPECT_EQ(hear(copy), 0U);
    EXPECT_EQ(relay_.counters().uncounted, 1U);
    ask(nack_state());
    auto journal = letters();
    for (auto& letter : journal) wire::set_packet_number(letter.bytes, 9);
    EXPECT_EQ(hear(journal), 0U);
    EXPECT_EQ(relay_.counters().malformed, journal.size());
}

TEST_F(RelayTest, DamagedDatagramsChangeNothing) {
    play_notes(1);
    flush();
    auto heard = letters();
    heard[0].bytes.back() ^= std::byte{1};
    EXPECT_EQ(hear(heard), 0U);
    EXPECT_EQ(relay_.counters().malformed, 1U);
    EXPECT_FALSE(relay_.heard());
}

TEST_F(RelayTest, OtherSourcesAreNotPassedOn) {
    Relay other{{.source = {9}, .sender = {kRelaySender}, .boot = kRelayBoot}};
    play_notes(1);
    flush();
    EXPECT_FALSE(other.on_datagram(letters().at(0).bytes, now_, relayed_));
    EXPECT_EQ(other.counters().foreign, 1U);
}

TEST_F(RelayTest, RelayThatIsItselfTheSourcePassesNothingOn) {
    Relay self{relay_options(kSource.value)};
    play_notes(1);
    flush();
    EXPECT_FALSE(self.on_datagram(letters().at(0).bytes, now_, relayed_));
}

TEST_F(RelayTest, TwoRelaysThatHearEachOtherDoNotLoop) {
    Relay second{relay_options(9)};
    play_notes(5);
    flush();
    tick();
    const auto heard = letters();
    ASSERT_EQ(hear(heard), heard.size());
    Sent echoes;
    for (auto letter : relayed_.letters) {
        wire::set_packet_number(letter.bytes, ++packet_);
        EXPECT_FALSE(second.on_datagram(letter.bytes, now_, echoes));
        EXPECT_FALSE(relay_.on_datagram(letter.bytes, now_, echoes)) << "its own, looped back";
    }
    EXPECT_TRUE(echoes.letters.empty());
    EXPECT_FALSE(second.heard()) << "a relay's word does not keep the source alive for another";
}

TEST_F(RelayTest, RestartedSourceIsRelayedFromItsFirstDatagramAndItsPredecessorNeverAgain) {
    play_notes(3);
    flush();
    auto old = letters();
    ASSERT_EQ(hear(old), 1U);
    EXPECT_EQ(hear(first_words({kEpoch.value + 1}, now_)), 1U) << "its numbers begin at 1 again";
    EXPECT_EQ(relay_.epoch(), Epoch{kEpoch.value + 1});
    play_notes(1);
    flush();
    EXPECT_EQ(hear(letters()), 0U);
    EXPECT_EQ(relay_.counters().old_epochs, 1U);
    relay_.on_nack(nack_live(1, 3), {99}, nullptr, now_, relayed_);
    EXPECT_EQ(relay_.counters().nacks, 0U) << "nor answered for";
}

TEST_F(RelayTest, EventsOfThePredecessorAreNotGivenOutAsTheSuccessors) {
    play_notes(3);
    flush();
    ASSERT_EQ(hear(letters()), 1U);
    const Epoch next{kEpoch.value + 1};
    ASSERT_EQ(hear(first_words(next, now_)), 1U);
    auto n = nack_live(1, 3);
    n.epoch = next;
    relayed_.clear();
    relay_.on_nack(n, {99}, nullptr, now_, relayed_);
    EXPECT_EQ(relay_.counters().too_old, 2U);
    ASSERT_EQ(relayed_.data().size(), 1U);
    EXPECT_EQ(relayed_.data()[0].events.at(0).message, midi::note_on(0, 1, 1));
}

TEST_F(RelayTest, LowerEpochCountsOnlyOnceTheHigherOneWasForgotten) {
    ASSERT_EQ(hear(first_words({kEpoch.value + 1}, now_)), 1U);
    now_ += 1h;
    EXPECT_EQ(hear(first_words(kEpoch, now_)), 0U);
    relay_.forget();
    EXPECT_FALSE(relay_.heard());
    EXPECT_EQ(hear(first_words(kEpoch, now_)), 1U);
}

TEST_F(RelayTest, EventsAreAnsweredForAlsoAfterTheSourceDied) {
    play_notes(40);
    play_sysex(sysex_of(1500));
    flush();
    hear(letters());
    now_ += 600ms;
    relayed_.clear();
    auto n = nack_live(2, 4);
    (void)n.live.push_back({{30}, {31}});
    (void)n.live.push_back({{90}, {91}});
    (void)n.bulk.push_back({{1}, {3}});
    relay_.on_nack(n, {99}, nullptr, now_, relayed_);
    ASSERT_EQ(relayed_.data().size(), 1U);
    const auto data = relayed_.data().front();
    EXPECT_EQ(data.head.source, kSource);
    EXPECT_EQ(data.head.epoch, kEpoch);
    EXPECT_EQ(data.head.newest, Sequence{41});
    EXPECT_EQ(data.head.first_new, Sequence{42}) << "all of them are repeats";
    EXPECT_EQ(data.head.sent_us, 10'000'000U) << "nothing is said of when it was dead already";
    EXPECT_EQ(numbers_of(data.events), (std::vector<std::uint32_t>{2, 3, 4, 30, 31}));
    EXPECT_EQ(data.events[0].message, midi::note_on(0, 1, 100));
    EXPECT_EQ(data.events[0].time_us, 10'000'000U);
    ASSERT_EQ(relayed_.bulk().size(), 2U);
    EXPECT_EQ(relayed_.bulk()[1].offset, 1024U);
    EXPECT_EQ(relayed_.bulk()[1].bytes.size(), 476U);
    for (const auto& letter : relayed_.letters) {
        EXPECT_EQ(letter.to, Peer{99});
        EXPECT_EQ(letter.decoded().header.sender, SenderId{kRelaySender});
    }
    EXPECT_EQ(relay_.counters().retransmitted, 7U);
    EXPECT_EQ(relay_.counters().too_old, 3U);
}

TEST_F(RelayTest, EventsThatOnlyABeatRepeatedAreKeptToo) {
    play_notes(2);
    flush();
    (void)letters();  // this one did not arrive
    tick();
    hear(letters());
    relayed_.clear();
    relay_.on_nack(nack_live(1, 2), {99}, nullptr, now_, relayed_);
    EXPECT_EQ(relay_.counters().retransmitted, 2U);
}

TEST_F(RelayTest, OneNackIsAnsweredWithNoMoreThanAHostWouldAnswer) {
    for (unsigned i = 0; i < 80; ++i) {
        play_notes(20);
        play_sysex(sysex_of(1024));
        for (unsigned k = 0; k < 20; ++k) tick(100us);
        hear(letters());
    }
    auto n = nack_live(1, 1600);
    (void)n.bulk.push_back({{1}, {80}});
    relay_.on_nack(n, {99}, nullptr, now_, relayed_);
    EXPECT_EQ(relay_.counters().retransmitted,
              std::uint64_t{Relay::kAnswerLimit + Relay::kFragmentAnswerLimit});
}

TEST_F(RelayTest, StateIsAnsweredForFromWhatAnotherStageKnows) {
    play_notes(5);
    play_sysex(sysex_of(1500));
    flush();
    hear(letters());
    relayed_.clear();
    const KnownState known{transmit_.state(), kEpoch, {6}, 10'000'000};
    relay_.on_nack(nack_state(), {99}, &known, now_, relayed_);
    ASSERT_EQ(relayed_.letters.size(), 1U);
    const auto journal = wire::decode_journal(relayed_.letters[0].decoded().payload).value();
    EXPECT_EQ(journal.head.source, kSource);
    EXPECT_EQ(journal.head.at, Sequence{6});
    EXPECT_EQ(journal.head.bulk_at, Sequence{2});
    EXPECT_EQ(journal.head.digest, transmit_.state().digest());
    EXPECT_EQ(relayed_.letters[0].to, Peer{99});
    EXPECT_EQ(relayed_.letters[0].decoded().header.sender, SenderId{kRelaySender});
}

TEST_F(RelayTest, StateOfAnotherEpochOrAnUnknownOneIsNotGivenOut) {
    play_notes(1);
    flush();
    hear(letters());
    const KnownState old{transmit_.state(), {kEpoch.value - 1}, {1}, 0};
    relay_.on_nack(nack_state(), {99}, &old, now_, relayed_);
    relay_.on_nack(nack_state(), {99}, nullptr, now_, relayed_);
    EXPECT_EQ(relay_.counters().journals, 0U);
}

TEST_F(RelayTest, StatesAreGivenOutNoFasterThanAHostWould) {
    play_notes(1);
    flush();
    hear(letters());
    const KnownState known{transmit_.state(), kEpoch, {1}, 10'000'000};
    for (unsigned i = 0; i < 100; ++i) relay_.on_nack(nack_state(), {i}, &known, now_, relayed_);
    EXPECT_EQ(relay_.counters().journals, Relay::kJournalsPerSpan);
    now_ += Relay::kSpan;
    relay_.on_nack(nack_state(), {99}, &known, now_, relayed_);
    EXPECT_EQ(relay_.counters().journals, Relay::kJournalsPerSpan + 1);
}

TEST_F(RelayTest, KeepHoldsAsManyAsItsDepthAndAnOldRepeatPushesNothingOut) {
    Keep keep;
    wire::Event event{.message = midi::note_on(0, 60, 1)};
    for (std::uint32_t n = 1; n <= Keep::kEvents + 1; ++n) {
        event.sequence = {n};
        keep.put(event);
    }
    EXPECT_EQ(keep.event({1}), nullptr);
    EXPECT_NE(keep.event({2}), nullptr);
    event.sequence = {1};
    keep.put(event);
    EXPECT_NE(keep.event({Keep::kEvents + 1}), nullptr);
}

TEST_F(RelayTest, NumbersMayWrapAndMayBeginAnywhere) {
    Keep keep;
    keep.exists({0xFFFF'FFFEU});
    EXPECT_EQ(keep.newest(), Sequence{0xFFFF'FFFEU});
    keep.exists({1});
    EXPECT_EQ(keep.newest(), Sequence{1});
    keep.exists({0xFFFF'FFFFU});
    EXPECT_EQ(keep.newest(), Sequence{1});
}

TEST_F(RelayTest, ClientThatHearsOnlyTheRelayPlaysAllEventsOnceAndKnowsTheState) {
    StreamLog log;
    SourceStream stream{{}, log};
    now_ = kStart;  // a young epoch is heard from its first event on
    for (unsigned i = 0; i < 50; ++i) {
        play_notes(3);
        flush();
        tick(1ms);
        hear(letters());
        for (const auto& letter : std::exchange(relayed_.letters, {})) {
            const auto datagram = letter.decoded();
            if (datagram.header.kind == wire::PacketKind::Data)
                stream.on_data(wire::decode_data(datagram.payload).value(), now_);
            else
                stream.on_heartbeat(wire::decode_heartbeat(datagram.payload).value(), now_);
        }
        stream.on_timer(now_);
    }
    EXPECT_EQ(log.numbers(), counted(1, 150));
    EXPECT_EQ(stream.truth().digest(), transmit_.state().digest());
    EXPECT_TRUE(log.nacks.empty());
}

}  // namespace
}  // namespace midinet::path
