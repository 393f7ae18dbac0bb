// Commands over a network that loses, in virtual time.
#include "base/random.hpp"
#include "control/plane/exchange.hpp"
#include "unit/control/plane/samples.hpp"

#include <gtest/gtest.h>

namespace midinet::control::plane {
namespace {

using namespace testing;
using State = CommandSender::State;
using Verdict = CommandDesk::Verdict;

constexpr SenderId kHost{2};
constexpr SenderId kOther{3};
constexpr TimePoint kStart{10s};

Command command(std::uint64_t id, SenderId to = kHost) {
    Command c = some_command();
    c.id = id;
    c.to = to;
    return c;
}
Ack ack(std::uint64_t id, SenderId from = kHost) { return {id, from}; }
CommandResult result(std::uint64_t id, SenderId from = kHost) {
    CommandResult r = some_result();
    r.command = id;
    r.from = from;
    return r;
}

/// When `sender` sends until `end`, in milliseconds from the start.
std::vector<int> sendings(CommandSender& sender, TimePoint end) {
    std::vector<int> times;
    while (sender.next_due() < end) {
        const TimePoint now = sender.next_due();
        if (sender.to_send(now) != nullptr)
            times.push_back(static_cast<int>((now - kStart).count() / 1'000'000));
    }
    return times;
}

TEST(CommandSender, IsIdleUntilItIsAsked) {
    CommandSender sender;
    EXPECT_EQ(sender.next_due(), kNever);
    EXPECT_EQ(sender.to_send(kStart), nullptr);
    EXPECT_EQ(sender.state(), State::Idle);
}

TEST(CommandSender, RepeatsMoreAndMoreSlowlyUntilItIsAcknowledged) {
    CommandSender sender;
    sender.begin(command(1), kStart);
    EXPECT_EQ(sendings(sender, kStart + 1s),
              (std::vector<int>{0, 20, 60, 140, 300, 500, 700, 900}));
    EXPECT_EQ(sender.state(), State::Asking);
    EXPECT_EQ(sender.sent(), 8U);
}

TEST(CommandSender, SendsNothingBeforeItIsDue) {
    CommandSender sender;
    sender.begin(command(1), kStart);
    EXPECT_NE(sender.to_send(kStart), nullptr);
    EXPECT_EQ(sender.to_send(kStart + 19ms), nullptr);
    EXPECT_NE(sender.to_send(kStart + 20ms), nullptr);
}

TEST(CommandSender, AsksForTheResultAtTheSlowestPaceOnceAcknowledged) {
    CommandSender sender;
    sender.begin(command(1), kStart);
    (void)sender.to_send(kStart);
    sender.on_message(ack(1), kStart + 5ms);
    EXPECT_EQ(sender.state(), State::Acknowledged);
    EXPECT_EQ(sendings(sender, kStart + 1s), (std::vector<int>{205, 405, 605, 805}));
}

TEST(CommandSender, FurtherAcknowledgementsDoNotPutTheQuestionOff) {
    CommandSender sender;
    sender.begin(command(1), kStart);
    (void)sender.to_send(kStart);
    sender.on_message(ack(1), kStart + 5ms);
    sender.on_message(ack(1), kStart + 150ms);
    EXPECT_EQ(sender.next_due(), kStart + 205ms);
}

TEST(CommandSender, EndsWithTheResult) {
    CommandSender sender;
    sender.begin(command(1), kStart);
    (void)sender.to_send(kStart);
    sender.on_message(result(1), kStart + 5ms);
    EXPECT_EQ(sender.state(), State::Answered);
    ASSERT_TRUE(sender.result());
    EXPECT_EQ(sender.result()->outcome, CommandOutcome::NeedsConfirmation);
    EXPECT_EQ(sender.next_due(), kNever);
    EXPECT_EQ(sender.to_send(kStart + 1s), nullptr);
}

TEST(CommandSender, GivesUpWhenItsPatienceIsOver) {
    CommandSender sender;
    sender.begin(command(1), kStart, 1s);
    (void)sendings(sender, kStart + 2s);
    EXPECT_EQ(sender.state(), State::TimedOut);
    EXPECT_EQ(sender.next_due(), kNever);
    sender.on_message(result(1), kStart + 3s);
    EXPECT_FALSE(sender.result());
}

TEST(CommandSender, GivesUpOnOneWhoAcknowledgedAndFellSilent) {
    CommandSender sender;
    sender.begin(command(1), kStart, 1s);
    sender.on_message(ack(1), kStart + 1ms);
    (void)sendings(sender, kStart + 2s);
    EXPECT_EQ(sender.state(), State::TimedOut);
    EXPECT_EQ(sender.acknowledged_by(), kHost);
}

TEST(CommandSender, IgnoresAnswersToOtherCommandsAndFromOthers) {
    CommandSender sender;
    sender.begin(command(1), kStart);
    for (const Message& message :
         std::vector<Message>{ack(2), result(2), ack(1, kOther), result(1, kOther), some_host()})
        sender.on_message(message, kStart);
    EXPECT_EQ(sender.state(), State::Asking);
}

TEST(CommandSender, SendsItsQuestionsToTheOneThatTookACommandForWhoeverDecides) {
    CommandSender sender;
    sender.begin(command(1, SenderId{0}), kStart);
    EXPECT_EQ(sender.to_send(kStart)->to, SenderId{0});
    sender.on_message(ack(1, kOther), kStart + 1ms);
    EXPECT_EQ(sender.to_send(sender.next_due())->to, kOther);
    sender.on_message(result(1, kHost), kStart + 210ms);
    EXPECT_EQ(sender.state(), State::Acknowledged);
    sender.on_message(result(1, kOther), kStart + 211ms);
    EXPECT_EQ(sender.state(), State::Answered);
}

TEST(CommandSender, ForgetsTheLastCommandWithTheNext) {
    CommandSender sender;
    sender.begin(command(1), kStart);
    sender.on_message(result(1), kStart);
    sender.begin(command(2), kStart + 1s);
    EXPECT_EQ(sender.state(), State::Asking);
    EXPECT_FALSE(sender.result());
    sender.on_message(result(1), kStart + 1s);
    EXPECT_EQ(sender.state(), State::Asking);
}

TEST(CommandDesk, GivesANewCommandOnceAndAcknowledgesItsCopies) {
    CommandDesk desk(kHost);
    const auto first = desk.on_command(command(1), false);
    EXPECT_EQ(first.verdict, Verdict::Execute);
    ASSERT_TRUE(first.reply);
    EXPECT_TRUE(*first.reply == Message{ack(1)});
    const auto copy = desk.on_command(command(1), false);
    EXPECT_EQ(copy.verdict, Verdict::InProgress);
    EXPECT_TRUE(*copy.reply == Message{ack(1)});
    EXPECT_EQ(desk.executed(), 1U);
    EXPECT_EQ(desk.copies(), 1U);
}

TEST(CommandDesk, AnswersCopiesOfAFinishedCommandFromMemory) {
    CommandDesk desk(kHost);
    (void)desk.on_command(command(1), false);
    const auto sent = desk.finish(command(1), some_result());
    ASSERT_TRUE(sent);
    EXPECT_EQ(sent->command, 1U);
    EXPECT_EQ(sent->from, kHost);
    const auto copy = desk.on_command(command(1), false);
    EXPECT_EQ(copy.verdict, Verdict::Finished);
    EXPECT_TRUE(*copy.reply == Message{*sent});
}

TEST(CommandDesk, FinishesOnlyWhatIsInProgressAndOnlyOnce) {
    CommandDesk desk(kHost);
    EXPECT_FALSE(desk.finish(command(1), some_result()));
    (void)desk.on_command(command(1), false);
    EXPECT_TRUE(desk.finish(command(1), some_result()));
    EXPECT_FALSE(desk.finish(command(1), some_result()));
}

TEST(CommandDesk, TellsCommandsWithTheSameIdOfTwoAskersApart) {
    CommandDesk desk(kHost);
    auto other = command(1);
    other.from = SenderId{77};
    EXPECT_EQ(desk.on_command(command(1), false).verdict, Verdict::Execute);
    EXPECT_EQ(desk.on_command(other, false).verdict, Verdict::Execute);
}

TEST(CommandDesk, LeavesCommandsToOthersAlone) {
    CommandDesk desk(kHost);
    const auto judged = desk.on_command(command(1, kOther), true);
    EXPECT_EQ(judged.verdict, Verdict::NotForUs);
    EXPECT_FALSE(judged.reply);
}

TEST(CommandDesk, TakesCommandsToNobodyInParticularOnlyWhenItDecides) {
    CommandDesk desk(kHost);
    EXPECT_EQ(desk.on_command(command(1, SenderId{0}), false).verdict, Verdict::NotForUs);
    EXPECT_EQ(desk.on_command(command(1, SenderId{0}), true).verdict, Verdict::Execute);
}

TEST(CommandDesk, AnswersCopiesOfWhatItTookAlsoWhenItDecidesNoMore) {
    CommandDesk desk(kHost);
    (void)desk.on_command(command(1, SenderId{0}), true);
    (void)desk.finish(command(1), some_result());
    EXPECT_EQ(desk.on_command(command(1, SenderId{0}), false).verdict, Verdict::Finished);
}

TEST(CommandDesk, DoesNotDoAgainWhatItHeardAnotherTake) {
    CommandDesk desk(kHost);
    desk.overhear(ack(1, kOther));
    desk.overhear(result(2, kOther));
    desk.overhear(ack(3, kHost));  // our own, looped back
    EXPECT_EQ(desk.on_command(command(1, SenderId{0}), true).verdict, Verdict::NotForUs);
    EXPECT_EQ(desk.on_command(command(2, SenderId{0}), true).verdict, Verdict::NotForUs);
    EXPECT_EQ(desk.on_command(command(3, SenderId{0}), true).verdict, Verdict::Execute);
}

TEST(CommandDesk, ForgetsTheOldestThatIsDoneForANewOne) {
    CommandDesk desk(kHost);
    (void)desk.on_command(command(1), false);  // stays in progress
    for (std::uint64_t id = 2; id <= CommandDesk::kMemory + 1; ++id) {
        ASSERT_EQ(desk.on_command(command(id), false).verdict, Verdict::Execute);
        ASSERT_TRUE(desk.finish(command(id), some_result()));
    }
    EXPECT_EQ(desk.on_command(command(1), false).verdict, Verdict::InProgress);
    EXPECT_EQ(desk.on_command(command(3), false).verdict, Verdict::Finished);
    EXPECT_EQ(desk.on_command(command(2), false).verdict, Verdict::Execute) << "forgotten";
}

TEST(CommandDesk, TurnsAwayMoreAtOnceThanItCanRemember) {
    CommandDesk desk(kHost);
    for (std::uint64_t id = 1; id <= CommandDesk::kMemory; ++id)
        ASSERT_EQ(desk.on_command(command(id), false).verdict, Verdict::Execute);
    const auto judged = desk.on_command(command(99), false);
    EXPECT_EQ(judged.verdict, Verdict::TooManyAtOnce);
    EXPECT_FALSE(judged.reply);
    EXPECT_EQ(desk.turned_away(), 1U);
    EXPECT_EQ(desk.in_progress(), CommandDesk::kMemory);
    (void)desk.finish(command(1), some_result());
    EXPECT_EQ(desk.on_command(command(99), false).verdict, Verdict::Execute);
}

/// A sender and a desk with loss and duplication between them, in steps of a millisecond.
class LossyLine {
  public:
    LossyLine(std::uint64_t seed, double loss) : random_(seed), loss_(loss) {}

    /// The result within the patience; the command takes 50 ms.
    State run(const Command& asked) {
        sender_.begin(asked, kStart);
        TimePoint done = kNever;
        for (TimePoint now = kStart; sender_.outstanding(); now += 1ms) {
            if (const Command* sent = sender_.to_send(now))
                for (int copy = copies(); copy > 0; --copy) arrive(*sent, now, done);
            if (now < done) continue;
            done = kNever;
            if (const auto answer = desk_.finish(asked, some_result())) back(*answer, now);
        }
        return sender_.state();
    }
    std::uint64_t executed() const { return desk_.executed(); }

  private:
    int copies() { return random_.chance(loss_) ? 0 : random_.chance(0.3) ? 2 : 1; }
    void arrive(const Command& sent, TimePoint now, TimePoint& done) {
        const auto judged = desk_.on_command(sent, true);
        if (judged.verdict == Verdict::Execute) done = now + 50ms;
        if (judged.reply) back(*judged.reply, now);
    }
    void back(const Message& message, TimePoint now) {
        for (int copy = copies(); copy > 0; --copy) sender_.on_message(message, now);
    }

    Random random_;
    double loss_;
    CommandSender sender_;
    CommandDesk desk_{kHost};
};

TEST(CommandExchange, ExecutesOnceAndAnswersThroughEveryLossyLine) {
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        LossyLine line(seed, 0.4);
        const State state = line.run(command(seed, SenderId{seed % 2 == 0 ? 0 : kHost.value}));
        EXPECT_EQ(state, State::Answered) << "seed " << seed;
        EXPECT_EQ(line.executed(), 1U) << "seed " << seed;
    }
}

TEST(CommandExchange, TimesOutOnADeadLineAndExecutesNothing) {
    LossyLine line(1, 1.0);
    EXPECT_EQ(line.run(command(1)), State::TimedOut);
    EXPECT_EQ(line.executed(), 0U);
}

}  // namespace
}  // namespace midinet::control::plane
