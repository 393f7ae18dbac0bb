// Both sides of a monitor's lease, in virtual time.
#include "control/taps/tap_asker.hpp"
#include "control/taps/tap_desk.hpp"

#include <gtest/gtest.h>

namespace midinet::control {
namespace {

using namespace plane;

constexpr SenderId kHost{1};
constexpr TimePoint kStart{10s};

TapEvent note(std::uint8_t key, TapPoint point = TapPoint::Out, TimePoint at = kStart) {
    TapEvent event{.at = at, .point = point, .length = 3};
    for (const std::uint8_t byte : {std::uint8_t{0x90}, key, std::uint8_t{100}})
        (void)event.head.push_back(byte);
    return event;
}
Tap ask(std::uint64_t id, std::uint32_t again = 1, TapPoints points = kHostTaps) {
    return {id, SenderId{100 + id}, kHost, again, points};
}

class TapDeskTest : public testing::Test {
  protected:
    std::optional<TapReport> take(const Tap& tap) { return desk.on_tap(tap, seat, now, 0); }
    std::vector<TapReport> round(const std::vector<TapEvent>& events,
                                 std::uint64_t overflowed = 0) {
        std::vector<TapReport> sent;
        now = std::max(now, desk.next_due() == kNever ? now : desk.next_due());
        desk.report(events, overflowed, now, [&](const TapDesk::Seat& to, const TapReport& report) {
            EXPECT_EQ(to, seat);
            sent.push_back(report);
        });
        return sent;
    }
    TimePoint now = kStart;
    TapDesk::Seat seat{{0x0A000001, 4000}, 2};
    TapDesk desk{kHost, kHostTaps, 1};
};

TEST_F(TapDeskTest, AnswersAtOnceAndToEachRequestOnce) {
    const auto answer = take(ask(7));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->answer, TapAnswer::Live);
    EXPECT_EQ(answer->number, 1U);
    EXPECT_FALSE(take(ask(7)));  // by another network
    EXPECT_TRUE(take(ask(7, 2)));
}

TEST_F(TapDeskTest, PassesOverWhatIsAnothers) {
    auto tap = ask(7);
    tap.to = SenderId{2};
    EXPECT_FALSE(take(tap));
    EXPECT_EQ(desk.next_due(), kNever);
}

TEST_F(TapDeskTest, TellsOnlyWhatWasAskedFor) {
    (void)take(ask(7, 1, bit(TapPoint::In)));
    EXPECT_EQ(desk.wanted(now), bit(TapPoint::In));
    const auto sent = round({note(60, TapPoint::Out), note(61, TapPoint::In)});
    ASSERT_EQ(sent.size(), 1U);
    TapEvents::Reader reader(sent[0].events, now);
    TapEvent event;
    ASSERT_TRUE(reader.next(event));
    EXPECT_EQ(event, note(61, TapPoint::In));
    EXPECT_FALSE(reader.next(event));
}

TEST_F(TapDeskTest, EndsALeaseThatIsNotRenewed) {
    (void)take(ask(7));
    now += kTapLease - 1ns;
    EXPECT_NE(desk.wanted(now), 0);
    now += 1ns;
    EXPECT_EQ(desk.wanted(now), 0);
    EXPECT_TRUE(round({note(60)}).empty());
    EXPECT_EQ(desk.next_due(), kNever);
}

TEST_F(TapDeskTest, EndsALeaseThatIsGivenBack) {
    (void)take(ask(7));
    EXPECT_FALSE(take(ask(7, 2, 0)));
    EXPECT_EQ(desk.askers(), 0U);
}

TEST_F(TapDeskTest, RefusesAFifthWithAReason) {
    for (std::uint64_t id = 1; id <= TapDesk::kMostAskers; ++id)
        EXPECT_EQ(take(ask(id))->answer, TapAnswer::Live);
    const auto refused = take(ask(5));
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->answer, TapAnswer::Refused);
    EXPECT_FALSE(refused->why.empty());
    EXPECT_EQ(desk.askers(), TapDesk::kMostAskers);
}

TEST_F(TapDeskTest, RefusesATapThatItDoesNotHave) {
    EXPECT_EQ(take(ask(7, 1, bit(TapPoint::Delivered)))->answer, TapAnswer::Refused);
    EXPECT_EQ(desk.askers(), 0U);
}

TEST_F(TapDeskTest, SendsSoManyReportsARoundAndCountsTheRest) {
    (void)take(ask(7));
    const std::vector<TapEvent> flood(1000, note(60));
    auto sent = round(flood);
    ASSERT_EQ(sent.size(), std::size_t{TapDesk::kReportsPerRound});
    std::uint64_t told = 0;
    for (const auto& report : sent) {
        EXPECT_EQ(report.before, told);
        told += report.events.count();
    }
    sent = round({});  // that some were dropped is told though nothing more comes
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].dropped + told, 1000U);
    EXPECT_TRUE(round({}).empty());
}

TEST_F(TapDeskTest, TellsWhatOverflowedSinceTheLeaseBegan) {
    (void)desk.on_tap(ask(7), seat, now, 10);
    const auto sent = round({}, 15);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].dropped, 5U);
}

class TapAskerTest : public testing::Test {
  protected:
    std::vector<Tap> said() {
        std::vector<Tap> all;
        asker.say(now, [&](const Tap& tap) { all.push_back(tap); });
        return all;
    }
    /// What the desk tells, by a network that may lose.
    void answer(const std::vector<TapEvent>& events, bool loses = false) {
        desk.report(events, 0, now, [&](const auto&, const TapReport& report) {
            if (!loses) asker.on_report(report, now);
        });
    }
    void ask_desk() {
        for (const auto& tap : said())
            if (const auto report = desk.on_tap(tap, {}, now, 0)) asker.on_report(*report, now);
    }
    void connect() {
        asker.want({{kHost, kHostTaps}}, now);
        ask_desk();
        (void)asker.take_news();
    }
    TimePoint now = kStart;
    TapAsker asker{SenderId{99}, 5};
    TapDesk desk{kHost, kHostTaps, 1};
};

TEST_F(TapAskerTest, AsksNobodyWhileNothingIsWanted) {
    EXPECT_TRUE(said().empty());
    EXPECT_EQ(asker.next_due(), kNever);
}

TEST_F(TapAskerTest, RenewsBeforeTheLeaseEndsAndGivesItBackAtTheEnd) {
    connect();
    for (int n = 0; n < 20; ++n) {
        now = asker.next_due();
        ask_desk();
        EXPECT_EQ(desk.askers(), 1U);
    }
    asker.want({}, now);
    const auto last = said();
    ASSERT_EQ(last.size(), 1U);
    EXPECT_EQ(last[0].points, 0);
    EXPECT_TRUE(said().empty());
}

TEST_F(TapAskerTest, TellsEventsOnceAndWhatWasLostOnTheWay) {
    connect();
    answer({note(60, TapPoint::Out, now)});
    answer({note(61), note(62)}, true);
    answer({note(63, TapPoint::Out, now)});
    const auto news = asker.take_news();
    ASSERT_EQ(news.size(), 1U);
    ASSERT_EQ(news[0].events.size(), 2U);
    EXPECT_EQ(news[0].events[0].head[1], 60);
    EXPECT_EQ(news[0].events[1].head[1], 63);
    EXPECT_EQ(news[0].lost, 2U);
    EXPECT_FALSE(asker.has_news());
}

TEST_F(TapAskerTest, ABoxThatDoesNotAnswerIsSilent) {
    asker.want({{kHost, kHostTaps}}, now);
    EXPECT_EQ(said().size(), 1U);
    EXPECT_EQ(asker.take_news().at(0).state, TapState::Asked);
    now += TapAsker::kSilence;
    (void)said();
    const auto news = asker.take_news();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].state, TapState::Silent);
    EXPECT_FALSE(news[0].why.empty());
}

TEST_F(TapAskerTest, ABoxThatStartedAnewHasLostNothing) {
    connect();
    answer({note(60)});
    (void)asker.take_news();
    desk = TapDesk{kHost, kHostTaps, 2};
    now += TapAsker::kRenewal;
    ask_desk();
    answer({note(61)});
    const auto news = asker.take_news();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].events.size(), 1U);
    EXPECT_EQ(news[0].lost, 0U);
}

TEST_F(TapAskerTest, TellsTheStateAnewToWhoeverForgotIt) {
    connect();
    asker.want({{kHost, kHostTaps}}, now);
    EXPECT_FALSE(asker.has_news());
    asker.tell_anew();
    EXPECT_TRUE(said().empty());
    const auto news = asker.take_news();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].state, TapState::Live);
    EXPECT_TRUE(news[0].changed);
}

TEST_F(TapAskerTest, APlaceThatIsAddedIsToldOfOnceTheBoxHasHeardOfIt) {
    asker.want({{kHost, bit(TapPoint::In)}}, now);
    ask_desk();
    EXPECT_EQ(asker.take_news().at(0).points, bit(TapPoint::In));
    asker.want({{kHost, kHostTaps}}, now);
    asker.tell_anew();
    EXPECT_EQ(asker.take_news().at(0).points, bit(TapPoint::In)) << "it was not even asked";
    answer({note(60, TapPoint::In, now)});
    EXPECT_EQ(asker.take_news().at(0).points, bit(TapPoint::In)) << "it tells of what it knew";
    ask_desk();
    const auto news = asker.take_news();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_TRUE(news[0].changed);
    EXPECT_EQ(news[0].points, kHostTaps);
    asker.want({{kHost, bit(TapPoint::Out)}}, now);
    asker.want({{kHost, kHostTaps}}, now);
    asker.tell_anew();
    EXPECT_EQ(asker.take_news().at(0).points, bit(TapPoint::Out)) << "what was given back is over";
}

TEST_F(TapAskerTest, AnEarlierVersionTellsOfWhatItWasAsked) {
    asker.want({{kHost, kHostTaps}}, now);
    for (const auto& tap : said()) {
        auto report = *desk.on_tap(tap, {}, now, 0);
        report.points = 0;
        asker.on_report(report, now);
    }
    EXPECT_EQ(asker.take_news().at(0).points, kHostTaps);
}

TEST_F(TapAskerTest, TellsWhyItWasRefused) {
    asker.want({{kHost, kAllTaps}}, now);
    ask_desk();
    const auto news = asker.take_news();
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].state, TapState::Refused);
    EXPECT_FALSE(news[0].why.empty());
}

}  // namespace
}  // namespace midinet::control
