// Universal Device Inquiry: a host's question, and a client's answer.
#include "path/inquiry/questioner.hpp"
#include "path/inquiry/responder.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace midinet::path {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr PortIndex kPort{0};
constexpr PortIndex kSecond{1};
constexpr TimePoint kStart{Duration{5s}};
/// What a controller of the common kind says.
const Bytes kReply{0xF0, 0x7E, 0x01, 0x06, 0x02, 0x47, 0x29, 0, 0x19, 0, 1, 0, 0, 5, 0xF7};

Bytes reply_of(std::size_t size) {
    Bytes reply{0xF0, 0x7E, 0x01, 0x06, 0x02};
    while (reply.size() + 1 < size) reply.push_back(static_cast<std::uint8_t>(reply.size()));
    reply.push_back(0xF7);
    return reply;
}
midi::InquiryReply kept(const Bytes& bytes) {
    midi::InquiryReply reply;
    for (const auto byte : bytes) (void)reply.push_back(byte);
    return reply;
}
Bytes bytes_of(const midi::InquiryReply& reply) { return {reply.begin(), reply.end()}; }

class QuestionerTest : public testing::Test {
  protected:
    /// True when it is through with its questions.
    bool run_until(TimePoint time) {
        bool done = false;
        for (; questioner_.next_due() <= time;) {
            now_ = questioner_.next_due();
            done = ask() || done;
        }
        now_ = time;
        return done;
    }
    bool ask() {
        return questioner_.on_timer(now_, [&](PortIndex port) {
            if (busy_) return false;
            asked_.push_back(port.value);
            return true;
        });
    }
    bool say(const Bytes& bytes, PortIndex port = kPort) {
        return questioner_.take(port, midi::Message(bytes), now_);
    }
    /// A SysEx that comes in pieces of these sizes. True when all of them were taken.
    bool say_in_pieces(const Bytes& bytes, std::size_t first) {
        const std::span all{bytes};
        const bool one = questioner_.take_piece(kPort, all.first(first), true, false, now_);
        const bool two = questioner_.take_piece(kPort, all.subspan(first), false, true, now_);
        EXPECT_EQ(one, two);
        return one && two;
    }
    std::vector<Bytes> news() {
        std::vector<Bytes> all;
        questioner_.tell_news([&](PortIndex, const midi::InquiryReply& reply) {
            all.push_back(bytes_of(reply));
            return true;
        });
        return all;
    }
    void begin(std::size_t ports = 1) { questioner_.begin(ports, now_ = kStart); }

    Questioner questioner_;
    TimePoint now_ = kStart;
    bool busy_ = false;
    std::vector<unsigned> asked_;
};

TEST_F(QuestionerTest, NobodyIsAskedBeforeADeviceIsThere) {
    EXPECT_FALSE(run_until(kStart + 10s));
    EXPECT_TRUE(asked_.empty());
    EXPECT_FALSE(say(kReply));
}

TEST_F(QuestionerTest, ADeviceThatDoesNotAnswerIsAskedThreeTimes) {
    begin();
    EXPECT_FALSE(run_until(kStart + 2999ms));
    EXPECT_EQ(asked_, (std::vector<unsigned>{0, 0, 0}));
    EXPECT_TRUE(run_until(kStart + 3s)) << "it goes on without";
    EXPECT_FALSE(questioner_.has_answer());
    EXPECT_EQ(questioner_.next_due(), kNever);
}

TEST_F(QuestionerTest, AnAnswerIsTakenAndTold) {
    begin();
    run_until(kStart + 20ms);
    EXPECT_TRUE(say(kReply));
    EXPECT_EQ(news(), std::vector<Bytes>{kReply});
    EXPECT_TRUE(news().empty()) << "once";
    EXPECT_TRUE(run_until(kStart + 10s));
    EXPECT_EQ(asked_.size(), 1U);
    EXPECT_TRUE(questioner_.has_answer());
}

TEST_F(QuestionerTest, NewsThatNobodyTakesAreToldAgain) {
    begin();
    run_until(kStart);
    say(kReply);
    questioner_.tell_news([](PortIndex, const midi::InquiryReply&) { return false; });
    EXPECT_EQ(news(), std::vector<Bytes>{kReply});
}

TEST_F(QuestionerTest, OnlyPortsWithoutAnAnswerAreAskedAgain) {
    begin(3);
    run_until(kStart + 20ms);
    say(kReply, kSecond);
    run_until(kStart + 1s);
    EXPECT_EQ(asked_, (std::vector<unsigned>{0, 1, 2, 0, 2}));
}

TEST_F(QuestionerTest, AReplyThatIsLateIsMusic) {
    begin();
    run_until(kStart + 3s);
    EXPECT_FALSE(say(kReply));
    EXPECT_FALSE(say_in_pieces(reply_of(60), 47));
    EXPECT_TRUE(news().empty());
}

TEST_F(QuestionerTest, EverythingElsePasses) {
    begin();
    run_until(kStart);
    EXPECT_FALSE(say({0x90, 60, 100}));
    EXPECT_FALSE(say({0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7})) << "a question";
    EXPECT_FALSE(say({0xF0, 0x7F, 0x01, 0x06, 0x02, 0xF7})) << "machine control";
    EXPECT_FALSE(say({0xF0, 0x47, 0x7F, 0x29, 0xF7}));
    EXPECT_FALSE(say_in_pieces({0xF0, 0x47, 0x7F, 0x29, 0x06, 0x02, 0xF7}, 5));
}

TEST_F(QuestionerTest, AReplyInPiecesIsTakenWhole) {
    begin();
    run_until(kStart);
    const auto reply = reply_of(midi::kMaxInquiryReply);
    EXPECT_TRUE(say_in_pieces(reply, 47));
    EXPECT_EQ(news(), std::vector<Bytes>{reply});
}

TEST_F(QuestionerTest, TheEndOfAReplyThatBeganInTimeIsTakenToo) {
    begin();
    run_until(kStart + 2500ms);
    const auto reply = reply_of(60);
    EXPECT_TRUE(questioner_.take_piece(kPort, std::span{reply}.first(47), true, false, now_));
    now_ = kStart + 4s;
    EXPECT_TRUE(questioner_.take_piece(kPort, std::span{reply}.subspan(47), false, true, now_));
    EXPECT_EQ(news(), std::vector<Bytes>{reply});
}

TEST_F(QuestionerTest, AReplyThatIsTooLongIsTakenAndNotKept) {
    begin();
    run_until(kStart);
    EXPECT_TRUE(say_in_pieces(reply_of(midi::kMaxInquiryReply + 1), 47));
    EXPECT_TRUE(say_in_pieces(reply_of(500), 300));
    EXPECT_TRUE(news().empty());
    EXPECT_TRUE(run_until(kStart + 10s));
    EXPECT_FALSE(questioner_.has_answer());
}

TEST_F(QuestionerTest, AReplyThatIsCutOffLeavesTheNextSysExAlone) {
    begin();
    run_until(kStart);
    const auto reply = reply_of(60);
    EXPECT_TRUE(questioner_.take_piece(kPort, std::span{reply}.first(47), true, false, now_));
    EXPECT_TRUE(questioner_.take_aborted(kPort));
    EXPECT_FALSE(say_in_pieces(Bytes(60, 0x11), 47));
    EXPECT_FALSE(questioner_.take_aborted(kPort)) << "that one was not ours";
    EXPECT_TRUE(news().empty());
}

TEST_F(QuestionerTest, PiecesOfOtherPortsAreNotMixedUp) {
    begin(2);
    run_until(kStart);
    const auto reply = reply_of(60);
    EXPECT_TRUE(questioner_.take_piece(kPort, std::span{reply}.first(47), true, false, now_));
    const Bytes other(60, 0x11);
    EXPECT_FALSE(questioner_.take_piece(kSecond, std::span{other}.first(47), true, false, now_));
    EXPECT_FALSE(questioner_.take_piece(kSecond, std::span{other}.subspan(47), false, true, now_));
    EXPECT_TRUE(questioner_.take_piece(kPort, std::span{reply}.subspan(47), false, true, now_));
    EXPECT_EQ(news(), std::vector<Bytes>{reply});
}

TEST_F(QuestionerTest, ABusyOutputIsAskedWhenItIsFree) {
    begin();
    busy_ = true;
    EXPECT_FALSE(run_until(kStart + 5s));
    EXPECT_FALSE(say(kReply)) << "it was not asked yet";
    busy_ = false;
    EXPECT_FALSE(run_until(kStart + 5010ms));
    EXPECT_TRUE(say(kReply));
}

TEST_F(QuestionerTest, ADeviceThatIsPluggedInAgainIsAskedAgain) {
    begin();
    run_until(kStart);
    say(kReply);
    questioner_.stop();
    EXPECT_FALSE(run_until(kStart + 500ms));
    EXPECT_FALSE(say(kReply));
    EXPECT_TRUE(news().empty()) << "it is not that device's any more";
    questioner_.begin(1, now_);
    run_until(now_);
    EXPECT_EQ(asked_.size(), 2U);
    EXPECT_TRUE(say(kReply));
}

/// Keeps what it takes.
class Port final : public PortWriter {
  public:
    Wrote write(PortIndex port, std::span<const std::uint8_t> bytes, TimePoint) noexcept override {
        if (answer == Wrote::Taken) heard.push_back({port.value, {bytes.begin(), bytes.end()}});
        return answer;
    }
    Wrote answer = Wrote::Taken;
    std::vector<std::pair<unsigned, Bytes>> heard;
};

class ResponderTest : public testing::Test {
  protected:
    ResponderTest() { known_[0] = kept(kReply); }
    bool ask(std::uint8_t device, PortIndex port = kPort) {
        return responder_.take(port, {0xF0, 0x7E, device, 0x06, 0x01, 0xF7}, known_);
    }
    midi::InquiryReplies known_{};
    Responder responder_;
    Port port_;
};

TEST_F(ResponderTest, AQuestionForAllIsAnsweredAsTheDeviceDoes) {
    EXPECT_TRUE(ask(0x7F));
    EXPECT_TRUE(responder_.waits());
    responder_.pump(port_, kStart);
    ASSERT_EQ(port_.heard.size(), 1U);
    EXPECT_EQ(port_.heard[0].second, kReply);
    EXPECT_FALSE(responder_.waits());
    responder_.pump(port_, kStart);
    EXPECT_EQ(port_.heard.size(), 1U) << "once";
    EXPECT_EQ(responder_.answered(), 1U);
}

TEST_F(ResponderTest, AQuestionForOneDeviceIsAnsweredInItsName) {
    EXPECT_TRUE(ask(0x05));
    responder_.pump(port_, kStart);
    auto expected = kReply;
    expected[2] = 0x05;
    EXPECT_EQ(port_.heard[0].second, expected);
}

TEST_F(ResponderTest, EachPortAnswersForItself) {
    known_[1] = kept(reply_of(midi::kMaxInquiryReply));
    EXPECT_TRUE(ask(0x7F, kSecond));
    EXPECT_TRUE(ask(0x7F, kPort));
    responder_.pump(port_, kStart);
    ASSERT_EQ(port_.heard.size(), 2U);
    EXPECT_EQ(port_.heard[0], (std::pair<unsigned, Bytes>{0, kReply}));
    EXPECT_EQ(port_.heard[1], (std::pair<unsigned, Bytes>{1, reply_of(midi::kMaxInquiryReply)}));
}

TEST_F(ResponderTest, AQuestionWithoutAKnownReplyGoesNowhereAndIsCounted) {
    EXPECT_TRUE(ask(0x7F, kSecond));
    EXPECT_FALSE(responder_.waits());
    EXPECT_EQ(responder_.unanswered(), 1U);
}

TEST_F(ResponderTest, EverythingElseGoesOn) {
    for (const midi::Message message : {midi::Message{0x90, 60, 1}, midi::Message(kReply),
                                        midi::Message{0xF0, 0x47, 0x7F, 0x29, 0xF7},
                                        midi::Message{0xF0, 0x7E, 0x7F, 0x06, 0x01, 0x01, 0xF7}})
        EXPECT_FALSE(responder_.take(kPort, message, known_));
    EXPECT_FALSE(responder_.waits());
}

TEST_F(ResponderTest, AFullPortIsAnsweredLaterAndALostOneNotAtAll) {
    ask(0x7F);
    port_.answer = Wrote::Full;
    responder_.pump(port_, kStart);
    EXPECT_TRUE(responder_.waits());
    port_.answer = Wrote::Taken;
    responder_.pump(port_, kStart);
    EXPECT_EQ(port_.heard.size(), 1U);
    ask(0x7F);
    port_.answer = Wrote::Lost;
    responder_.pump(port_, kStart);
    EXPECT_FALSE(responder_.waits());
    EXPECT_EQ(responder_.answered(), 1U);
}

}  // namespace
}  // namespace midinet::path
