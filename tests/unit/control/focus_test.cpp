// Who has the focus, by the rules of hosts and as clients know it.
#include "control/focus_desk.hpp"
#include "control/focus_seat.hpp"

#include <gmock/gmock.h>

#include <map>

namespace midinet::control {
namespace {

using plane::CommandOutcome;
using ::testing::HasSubstr;

constexpr TimePoint kStart{100s};
SenderId client(unsigned n) { return {plane::kClientBit + n}; }

class FocusDeskTest : public ::testing::Test {
  protected:
    void SetUp() override {
        for (const unsigned n : {1U, 2U, 3U}) hear(n);
    }
    void hear(unsigned n) {
        plane::ClientStatus status{.id = client(n)};
        status.name = plane::Name{"seat " + std::to_string(n)};
        (void)roster_.on_message(status, {}, now_);
    }
    CommandOutcome claim(unsigned n) { return desk_.claim(client(n), roster_, now_).outcome; }
    CommandOutcome assign(unsigned n) { return desk_.assign(client(n), roster_, now_).outcome; }

    TimePoint now_ = kStart;
    plane::Roster roster_;
    FocusDesk desk_{HostId{1}, Epoch{7}};
};

TEST_F(FocusDeskTest, TheFirstWhoAsksGetsIt) {
    EXPECT_EQ(claim(1), CommandOutcome::Done);
    EXPECT_EQ(desk_.focus(), (wire::Focus{client(1), 1, HostId{1}, false, Epoch{7}}));
    EXPECT_EQ(claim(1), CommandOutcome::Done) << "again";
    EXPECT_EQ(desk_.focus().term, 1U) << "that is no change";
    const auto ruling = desk_.claim(client(2), roster_, now_);
    EXPECT_EQ(ruling.outcome, CommandOutcome::Refused);
    EXPECT_THAT(ruling.why, HasSubstr("seat 1"));
}

TEST_F(FocusDeskTest, WhatWasGivenBackIsFree) {
    EXPECT_EQ(desk_.release(client(1)).outcome, CommandOutcome::Refused);
    (void)claim(1);
    EXPECT_EQ(desk_.release(client(2)).outcome, CommandOutcome::Refused);
    EXPECT_EQ(desk_.release(client(1)).outcome, CommandOutcome::Done);
    EXPECT_EQ(desk_.focus(), (wire::Focus{{}, 2, HostId{1}, false, Epoch{7}}));
    EXPECT_EQ(claim(2), CommandOutcome::Done);
}

TEST_F(FocusDeskTest, AHolderThatIsGoneLosesIt) {
    (void)claim(1);
    now_ += plane::Roster::kGoneAfter;
    desk_.on_timer(roster_, false, now_);
    EXPECT_EQ(desk_.focus().holder, client(1)) << "another host decides";
    desk_.on_timer(roster_, true, now_);
    EXPECT_EQ(desk_.focus().holder, SenderId{});
}

TEST_F(FocusDeskTest, AChoiceByHandBeatsAndStays) {
    (void)claim(1);
    EXPECT_EQ(assign(2), CommandOutcome::Done);
    EXPECT_TRUE(desk_.focus().manual);
    EXPECT_EQ(claim(1), CommandOutcome::Refused);
    EXPECT_EQ(desk_.release(client(2)).outcome, CommandOutcome::Refused) << "also when it ends";
    now_ += 60s;
    desk_.on_timer(roster_, true, now_);
    hear(1);
    EXPECT_EQ(claim(1), CommandOutcome::Refused) << "also while the chosen one is away";
    EXPECT_EQ(desk_.focus().holder, client(2));
    EXPECT_EQ(assign(3), CommandOutcome::Refused) << "who is not there is not chosen";
    EXPECT_EQ(assign(1), CommandOutcome::Done);
}

TEST_F(FocusDeskTest, NobodyCanBeChosenUntilThatIsEnded) {
    (void)claim(1);
    EXPECT_EQ(desk_.assign({}, roster_, now_).outcome, CommandOutcome::Done);
    EXPECT_EQ(claim(1), CommandOutcome::Refused);
    EXPECT_EQ(desk_.unassign().outcome, CommandOutcome::Done);
    EXPECT_EQ(claim(1), CommandOutcome::Done);
}

TEST_F(FocusDeskTest, OfTwoRegistersTheHigherIsInForce) {
    (void)claim(1);
    desk_.learn({client(2), 1, HostId{2}, false});
    EXPECT_EQ(desk_.focus().holder, client(1)) << "the lower host's, between equal terms";
    desk_.learn({client(3), 5, HostId{2}, true});
    EXPECT_EQ(desk_.focus(), (wire::Focus{client(3), 5, HostId{2}, true}));
    (void)assign(1);
    EXPECT_EQ(desk_.focus().term, wire::Focus::kChoice);
}

TEST_F(FocusDeskTest, AChoiceByHandBeatsWhatAHostGrantedThatDidNotHearOfIt) {
    FocusDesk other{HostId{2}, Epoch{1}};
    (void)assign(1);
    for (int n = 0; n < 5; ++n) {
        (void)other.claim(client(2), roster_, now_);
        (void)other.release(client(2));
    }
    desk_.learn(other.focus());
    EXPECT_EQ(desk_.focus().holder, client(1));
    other.learn(desk_.focus());
    (void)other.unassign();
    desk_.learn(other.focus());
    EXPECT_FALSE(desk_.focus().manual);
}

TEST_F(FocusDeskTest, AHostThatBeganAnewGivesNoTermOfBefore) {
    (void)claim(1);
    FocusDesk again{HostId{1}, Epoch{8}};
    (void)again.claim(client(2), roster_, now_);
    EXPECT_EQ(again.focus().term, desk_.focus().term);
    EXPECT_TRUE(again.focus().overrules(desk_.focus()));
    EXPECT_FALSE(desk_.focus().overrules(again.focus()));
}

TEST_F(FocusDeskTest, AStrangersClaimIsRefused) {
    EXPECT_EQ(claim(9), CommandOutcome::Refused) << "nobody heard a status of it";
    now_ += plane::Roster::kGoneAfter;
    EXPECT_EQ(claim(1), CommandOutcome::Refused) << "nor of late";
    EXPECT_EQ(desk_.focus(), wire::Focus{});
    EXPECT_EQ(desk_.release({}).outcome, CommandOutcome::Refused);
}

TEST_F(FocusDeskTest, ForgedRegistersAreIgnoredOrDoNoWorseThanTheyMust) {
    for (const wire::Focus forged :
         {wire::Focus{client(2), 5, {}, false}, wire::Focus{client(2), 0, HostId{1}, true},
          wire::Focus{client(2), wire::kMostTerm + 1, HostId{1}, true},
          wire::Focus{client(2), 0xFFFFFFFF, HostId{1}, false}})
        desk_.learn(forged);
    EXPECT_EQ(desk_.focus(), wire::Focus{});
    desk_.learn({client(2), wire::kMostTerm, HostId{1}, true});
    const auto ruling = desk_.assign(client(1), roster_, now_);
    EXPECT_EQ(ruling.outcome, CommandOutcome::Refused) << "no term is above";
    EXPECT_THAT(ruling.why, HasSubstr("used up"));
    EXPECT_TRUE(desk_.focus().is_sound());
}

/// Two hosts that hear each other now and then, three clients that ask, give back and vanish: no
/// term ever has two holders.
TEST(FocusDesks, NoTermHasTwoHolders) {
    Random random(7);
    std::map<std::pair<std::uint32_t, std::uint16_t>, std::uint64_t> holders;
    FocusDesk desks[] = {FocusDesk{HostId{1}, Epoch{1}}, FocusDesk{HostId{2}, Epoch{1}}};
    plane::Roster roster;
    TimePoint now = kStart;
    for (unsigned step = 0; step < 1000; ++step) {
        now += Duration{100ms} * (1 + random.below(10));
        const auto who = client(1 + random.below(3));
        auto& desk = desks[random.below(2)];
        if (random.chance(0.7)) (void)roster.on_message(plane::ClientStatus{.id = who}, {}, now);
        const auto chosen = desk.focus();
        switch (random.below(6)) {
            case 0:
                (void)desk.release(who);
                break;
            case 1:
                if (random.chance(0.3)) (void)desk.assign(who, roster, now);
                break;
            case 2:
                if (random.chance(0.3)) (void)desk.unassign();
                break;
            default:
                (void)desk.claim(who, roster, now);
                EXPECT_TRUE(!chosen.manual || desk.focus() == chosen) << "a choice by hand is kept";
        }
        desk.on_timer(roster, true, now);
        for (auto& each : desks) {
            const auto& focus = each.focus();
            const auto known =
                holders.emplace(std::pair{focus.term, focus.by.value}, focus.holder.value);
            EXPECT_EQ(known.first->second, focus.holder.value);
        }
        if (random.chance(0.5)) {
            desks[0].learn(desks[1].focus());
            desks[1].learn(desks[0].focus());
            EXPECT_EQ(desks[0].focus(), desks[1].focus());
        }
    }
}

TEST(FocusSeat, FollowsTheHighestRegister) {
    FocusSeat seat(client(1), true);
    seat.on_focus({client(1), 2, HostId{1}, false}, kStart);
    EXPECT_TRUE(seat.holds(kStart));
    seat.on_focus({client(2), 1, HostId{1}, false}, kStart);
    EXPECT_TRUE(seat.holds(kStart)) << "an old one";
    seat.on_focus({client(2), 3, HostId{2}, false}, kStart);
    EXPECT_FALSE(seat.holds(kStart));
}

TEST(FocusSeat, WithoutAHostItKnowsThatItHoldsNothing) {
    FocusSeat seat(client(1), true);
    seat.on_focus({client(1), 2, HostId{1}, false}, kStart);
    EXPECT_TRUE(seat.holds(kStart + FocusSeat::kExpires - 1ms));
    EXPECT_FALSE(seat.holds(kStart + FocusSeat::kExpires));
    seat.on_focus({}, kStart + 10s);
    EXPECT_EQ(seat.focus(), wire::Focus{}) << "hosts that began anew count anew";
}

TEST(FocusSeat, AsksOnceItHasLookedAndThenNowAndThen) {
    FocusSeat seat(client(1), true);
    EXPECT_FALSE(seat.claims(kStart)) << "no host";
    seat.on_focus({}, kStart);
    EXPECT_FALSE(seat.claims(kStart));
    EXPECT_TRUE(seat.claims(kStart + FocusSeat::kLook));
    EXPECT_FALSE(seat.claims(kStart + FocusSeat::kLook));
    EXPECT_TRUE(seat.claims(kStart + FocusSeat::kLook + 2 * FocusSeat::kPause));
}

TEST(FocusSeat, TheHolderRemindsAHostThatForgot) {
    FocusSeat seat(client(1), true);
    const wire::Focus ours{client(1), 2, HostId{1}, false};
    seat.on_focus(ours, kStart);
    EXPECT_FALSE(seat.reminds(ours, kStart));
    EXPECT_TRUE(seat.reminds({}, kStart));
    EXPECT_FALSE(seat.reminds({}, kStart)) << "one is under way";
    EXPECT_TRUE(seat.reminds({}, kStart + FocusSeat::kRemind));
    seat.on_focus({client(2), 3, HostId{1}, false}, kStart + 1s);
    EXPECT_FALSE(seat.reminds({}, kStart + 1s)) << "that is the new holder's to do";
}

TEST(FocusSeat, DoesNotAskForWhatIsTakenOrChosenOrNotWanted) {
    FocusSeat seat(client(1), true);
    seat.on_focus({client(2), 1, HostId{1}, false}, kStart);
    EXPECT_FALSE(seat.claims(kStart + 1s));
    seat.on_focus({{}, 2, HostId{1}, true}, kStart + 1s);
    EXPECT_FALSE(seat.claims(kStart + 2s)) << "somebody chose nobody";
    seat.on_focus({{}, 3, HostId{1}, false}, kStart + 2s);
    seat.set_auto_claim(false);
    EXPECT_FALSE(seat.claims(kStart + 3s));
    seat.set_auto_claim(true);
    EXPECT_TRUE(seat.claims(kStart + 3s));
}

}  // namespace
}  // namespace midinet::control
