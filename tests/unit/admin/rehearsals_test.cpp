// What a rehearsal is found to have done, by what hosts and clients say.
#include "admin/show/rehearsals.hpp"

#include "unit/control/cli/scripted_show.hpp"

#include <gtest/gtest.h>

namespace midinet::admin {
namespace {

namespace plane = control::plane;
using control::cli::testing::client;
using control::cli::testing::host;

constexpr SenderId kFoh = control::cli::testing::kFoh;
constexpr SenderId kStage = control::cli::testing::kStage;

class RehearsalsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        hears(host(1, "stage-left"));
        hears(host(2, "stage-right"));
        hears(client(kFoh, "foh"));
        hears(client(kStage, "stage", 2));
        look();
    }
    void hears(const plane::Message& message) { (void)roster_.on_message(message, {}, now_); }
    void look() { rehearsals_.on_roster(roster_, now_, 1'700'000'000'000 + (now_ - kStart) / 1ms); }
    void pass(Duration time) {
        now_ += time;
        look();
    }
    void hold(std::uint32_t ms) {
        auto held = host(1, "stage-left");
        held.held_ms = ms;
        hears(held);
        pass(100ms);
    }
    void moves(SenderId id, const char* name, std::uint16_t from, std::uint16_t to) {
        auto status = client(id, name, to);
        status.last_switch = {0, SourceId{from}, SourceId{to}, plane::Reason{"silent"}, 8'900};
        status.counters.silences = 1;
        hears(status);
        pass(10ms);
    }
    const RehearsedClient& of(SenderId id) { return rehearsals_.all().front().clients.at(id); }

    static constexpr TimePoint kStart{100s};
    TimePoint now_ = kStart;
    plane::Roster roster_;
    Rehearsals rehearsals_;
};

TEST_F(RehearsalsTest, NothingIsOneWithoutAHost) { EXPECT_TRUE(rehearsals_.all().empty()); }

TEST_F(RehearsalsTest, ClientThatLeavesTheHeldHostHasMovedAndTellsHowLongItTook) {
    hold(5000);
    EXPECT_EQ(of(kFoh).outcome, RehearsalOutcome::Waiting);
    moves(kFoh, "foh", 1, 2);
    EXPECT_EQ(of(kFoh).outcome, RehearsalOutcome::Moved);
    EXPECT_EQ(of(kFoh).to, SourceId{2});
    EXPECT_EQ(of(kFoh).took_us, 8'900U);
    EXPECT_EQ(of(kFoh).silences, 1U);
    EXPECT_EQ(of(kStage).outcome, RehearsalOutcome::Untouched);
    const auto& rehearsal = rehearsals_.all().front();
    EXPECT_TRUE(rehearsal.running);
    EXPECT_TRUE(rehearsal.armed);
    EXPECT_EQ(rehearsal.began_unix_ms, 1'700'000'000'000) << "as the host said it";
}

TEST_F(RehearsalsTest, ClientThatMovedBeforeTheHostsWordWasSeenCountsAllTheSame) {
    auto status = client(kFoh, "foh", 2);
    status.last_switch = {0, SourceId{1}, SourceId{2}, plane::Reason{"silent"}, 9'000};
    hears(status);
    hold(5000);
    EXPECT_EQ(of(kFoh).outcome, RehearsalOutcome::Moved);
    EXPECT_EQ(of(kFoh).took_us, 9'000U);
}

TEST_F(RehearsalsTest, ClientThatStaysIsFoundOutAfterAWhile) {
    hold(5000);
    hears(client(kFoh, "foh"));
    pass(2s);
    EXPECT_EQ(of(kFoh).outcome, RehearsalOutcome::Waiting);
    hears(client(kFoh, "foh"));
    pass(500ms);
    EXPECT_EQ(of(kFoh).outcome, RehearsalOutcome::Stayed);
}

TEST_F(RehearsalsTest, WhatClientsLoseUntilShortlyAfterTheEndCounts) {
    hold(1000);
    moves(kFoh, "foh", 1, 2);
    hears(host(1, "stage-left"));
    pass(500ms);
    EXPECT_FALSE(rehearsals_.all().front().running);
    auto status = client(kFoh, "foh", 2);
    status.counters.lost = 3;
    hears(status);
    pass(500ms);
    EXPECT_EQ(of(kFoh).lost, 3U);
    status.counters.lost = 9;
    now_ += Rehearsals::kSettle;
    hears(status);
    look();
    EXPECT_EQ(of(kFoh).lost, 3U) << "what is lost later is another story";
}

TEST_F(RehearsalsTest, EndIsThereWithoutAnotherWordOfTheHost) {
    hold(1000);
    pass(1s);
    EXPECT_FALSE(rehearsals_.all().front().running);
}

TEST_F(RehearsalsTest, TwoAtOnceAreToldApart) {
    hold(5000);
    moves(kFoh, "foh", 1, 2);
    auto second = host(2, "stage-right");
    second.held_ms = 5000;
    hears(second);
    pass(100ms);
    EXPECT_EQ(of(kFoh).before, SourceId{2}) << "as it was just before";
    EXPECT_EQ(of(kFoh).outcome, RehearsalOutcome::Waiting);
    const auto& first = rehearsals_.all().back();
    EXPECT_EQ(first.clients.at(kFoh).outcome, RehearsalOutcome::Moved);
    EXPECT_EQ(first.clients.at(kStage).outcome, RehearsalOutcome::Untouched);
    moves(kStage, "stage", 2, 1);
    EXPECT_EQ(of(kStage).outcome, RehearsalOutcome::Moved);
    EXPECT_EQ(first.clients.at(kStage).outcome, RehearsalOutcome::Untouched)
        << "it is the second's";
}

TEST_F(RehearsalsTest, WhatTheNextOneCostsIsTheNextOnes) {
    hold(1000);
    moves(kFoh, "foh", 1, 2);
    hears(host(1, "stage-left"));
    pass(500ms);
    auto second = host(2, "stage-right");
    second.held_ms = 5000;
    hears(second);
    pass(100ms);
    auto status = client(kFoh, "foh", 1);
    status.last_switch = {0, SourceId{2}, SourceId{1}, plane::Reason{"silent"}, 9'000};
    status.counters.lost = 7;
    hears(status);
    pass(100ms);
    EXPECT_EQ(of(kFoh).lost, 7U);
    EXPECT_EQ(rehearsals_.all().back().clients.at(kFoh).lost, 0U);
}

TEST_F(RehearsalsTest, ReturnToTheHostIsNoSecondOutcome) {
    hold(1000);
    moves(kFoh, "foh", 1, 2);
    moves(kFoh, "foh", 2, 1);
    EXPECT_EQ(of(kFoh).outcome, RehearsalOutcome::Moved);
    EXPECT_EQ(of(kFoh).to, SourceId{2});
}

TEST_F(RehearsalsTest, ClientThatEndsIsGone) {
    hold(5000);
    auto status = client(kFoh, "foh");
    status.leaving = true;
    hears(status);
    pass(10ms);
    EXPECT_EQ(of(kFoh).outcome, RehearsalOutcome::Gone);
}

TEST_F(RehearsalsTest, TheLastOnesAreKeptTheNewestFirst) {
    for (std::size_t i = 0; i < Rehearsals::kMost + 3; ++i) {
        hold(500);
        hears(host(1, "stage-left"));
        pass(1s);
    }
    EXPECT_EQ(rehearsals_.all().size(), Rehearsals::kMost);
    EXPECT_GT(rehearsals_.all().front().began, rehearsals_.all().back().began);
}

}  // namespace
}  // namespace midinet::admin
