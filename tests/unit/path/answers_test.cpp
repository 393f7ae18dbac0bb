// What a host answers to a NACK.
#include "path/receive/journal_assembler.hpp"
#include "unit/path/transmit_fixture.hpp"

namespace midinet::path {
namespace {

class AnswersTest : public TransmitFixture {
  protected:
    /// Notes with time between them, all sent.
    void perform(unsigned notes) {
        for (unsigned i = 0; i < notes; ++i) {
            play(midi::note_on(0, i % 128, 100));
            if (i % 64 == 63) {
                flush();
                now_ += 5ms;
            }
        }
        for (int i = 0; i < 40; ++i) tick(1ms);
        sent_.clear();
    }
    std::vector<wire::JournalView> journal() {
        std::vector<wire::JournalView> fragments;
        journal_letters_ = sent_.of(wire::PacketKind::Journal);
        for (const auto& letter : journal_letters_) {
            const auto view = wire::decode_journal(letter.decoded().payload);
            if (view) fragments.push_back(*view);
            EXPECT_TRUE(view);
        }
        return fragments;
    }
    std::vector<Letter> journal_letters_;
};

TEST_F(AnswersTest, AnswersExactlyTheNumbersAskedForToTheAskerAlone) {
    perform(20);
    auto n = nack_live(3, 4);
    (void)n.live.push_back({{9}, {9}});
    ask(n, Peer{42});
    ASSERT_EQ(sent_.letters.size(), 1U);
    EXPECT_EQ(sent_.letters[0].group, std::nullopt);
    EXPECT_EQ(sent_.letters[0].to, Peer{42});
    EXPECT_EQ(numbers_of(sent_.data().at(0).events), (std::vector<std::uint32_t>{3, 4, 9}));
    EXPECT_EQ(transmit_.counters().retransmitted, 3U);
}

TEST_F(AnswersTest, RetransmissionSaysThatAllOfItIsRepeats) {
    perform(20);
    ask(nack_live(3, 4));
    EXPECT_EQ(sent_.data().at(0).head.newest, Sequence{20});
    EXPECT_EQ(sent_.data().at(0).head.first_new, Sequence{21});
}

TEST_F(AnswersTest, EventNotYetSentCanBeAskedForWithoutHarm) {
    perform(2);
    ask(nack_live(1, 100));
    EXPECT_EQ(numbers_of(sent_.data().at(0).events), counted(1, 2));
    EXPECT_EQ(transmit_.counters().too_old, 98U);
}

TEST_F(AnswersTest, OtherSourcesAndOtherEpochsAreIgnored) {
    perform(5);
    auto other_source = nack_live(1, 5);
    other_source.source = {8};
    auto other_epoch = nack_live(1, 5);
    other_epoch.epoch = {kEpoch.value - 1};
    ask(other_source);
    ask(other_epoch);
    auto any = nack_state();
    any.source = {};
    any.epoch = {};
    ask(any);
    EXPECT_TRUE(sent_.letters.empty());
    EXPECT_EQ(transmit_.counters().nacks, 0U);
}

TEST_F(AnswersTest, OneNackMakesAtMostFiveHundredAndTwelveEvents) {
    perform(2000);
    ask(nack_live(1, 2000));
    std::size_t events = 0;
    for (const auto& letter : sent_.data()) events += letter.events.size();
    EXPECT_EQ(events, Transmit::kAnswerLimit);
    for (const auto& letter : sent_.letters) EXPECT_LE(letter.bytes.size(), wire::kMaxDatagram);
}

TEST_F(AnswersTest, RangeOfHalfTheNumberSpaceIsBoundedToo) {
    perform(10);
    ask(nack_live(1, 0x7FFF'FFFF));
    EXPECT_EQ(numbers_of(sent_.data().at(0).events), counted(1, 10));
}

TEST_F(AnswersTest, EventsPushedOutOfTheHistoryAreCountedAsTooOld) {
    for (unsigned i = 0; i < History::kDepth + 100; i += 64) {
        play_notes(64);
        flush();
        now_ += 5ms;
    }
    for (int i = 0; i < 40; ++i) tick(1ms);
    sent_.clear();
    ask(nack_live(1, 4));
    EXPECT_TRUE(sent_.letters.empty());
    EXPECT_EQ(transmit_.counters().too_old, 4U);
}

TEST_F(AnswersTest, FragmentsAreSentAgainToTheAskerAlone) {
    play_sysex(sysex_of(3000));
    flush();
    const auto first = sent_.bulk();
    sent_.clear();
    ask(nack_bulk(2, 2), Peer{5});
    ASSERT_EQ(sent_.letters.size(), 1U);
    EXPECT_EQ(sent_.letters[0].to, Peer{5});
    EXPECT_EQ(sent_.bulk().at(0).bytes, first.at(1).bytes);
    EXPECT_EQ(sent_.bulk().at(0).offset, 1024U);
}

TEST_F(AnswersTest, FragmentThatWaitsForItsTurnIsNotSentBecauseSomebodyAsks) {
    play_sysex(sysex_of(100 * 1024));
    flush();
    const auto sent = static_cast<std::uint32_t>(sent_.bulk().size());
    sent_.clear();
    ask(nack_bulk(sent + 1, sent + 3));
    EXPECT_TRUE(sent_.letters.empty());
}

TEST_F(AnswersTest, OneNackMakesAtMostSixtyFourFragments) {
    play_sysex(sysex_of(100 * 1024));
    for (int i = 0; i < 200; ++i) tick(1ms);
    sent_.clear();
    ask(nack_bulk(1, 100));
    EXPECT_EQ(sent_.bulk().size(), Transmit::kFragmentAnswerLimit);
}

TEST_F(AnswersTest, JournalOfNothingIsOneEmptyFragment) {
    ask(nack_state(), Peer{5});
    const auto fragments = journal();
    ASSERT_EQ(fragments.size(), 1U);
    EXPECT_EQ(journal_letters_[0].to, Peer{5});
    EXPECT_EQ(fragments[0].head.at, Sequence{});
    EXPECT_EQ(fragments[0].head.digest, 0U);
    EXPECT_EQ(fragments[0].head.count, 1);
    EXPECT_TRUE(fragments[0].records.empty());
}

TEST_F(AnswersTest, JournalSaysAfterWhichNumbersAndWhenItWasTaken) {
    perform(5);
    play_sysex(sysex_of(3000));
    flush();
    ask(nack_state());
    const auto fragments = journal();
    ASSERT_EQ(fragments.size(), 1U);
    EXPECT_EQ(fragments[0].head.at, Sequence{6});
    EXPECT_EQ(fragments[0].head.bulk_at, Sequence{3});
    EXPECT_EQ(fragments[0].head.taken_us, stream_time_at(kStart, now_));
    EXPECT_EQ(fragments[0].head.digest, transmit_.state().digest());
}

TEST_F(AnswersTest, LargeStateIsManyFragmentsThatTogetherGiveIt) {
    for (unsigned port = 0; port < 3; ++port)
        for (unsigned channel = 0; channel < 16; ++channel)
            for (unsigned c = 0; c < 96; ++c)
                if (!midi::is_parameter_control(c))
                    play(midi::control_change(channel, c, (c + port) % 128), port);
    ask(nack_state());
    const auto fragments = journal();
    ASSERT_GT(fragments.size(), 30U);
    JournalAssembler assembler;
    for (std::size_t i = 0; i < fragments.size(); ++i) {
        EXPECT_EQ(fragments[i].head.index, i);
        EXPECT_EQ(fragments[i].head.count, fragments.size());
        EXPECT_LE(journal_letters_[i].bytes.size(), wire::kMaxDatagram);
        assembler.put(fragments[i]);
    }
    EXPECT_TRUE(assembler.complete());
    EXPECT_EQ(assembler.state().digest(), transmit_.state().digest());
}

TEST_F(AnswersTest, JournalsPerBeatAreBoundedWhoeverAsks) {
    perform(1);
    for (unsigned i = 0; i < 100; ++i) ask(nack_state(), Peer{i});
    EXPECT_EQ(journal().size(), Transmit::kJournalsPerBeat);
    sent_.clear();
    tick(3ms);
    ask(nack_state());
    EXPECT_EQ(journal().size(), 1U);
}

}  // namespace
}  // namespace midinet::path
