#include "control/switch_gate.hpp"

#include <gmock/gmock.h>

namespace midinet::control {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr TimePoint kStart{1000s};
constexpr SwitchGateConfig kConfirm{.confirmation = Confirmation::Confirm};

HostView host(std::uint16_t id, bool active = false) {
    return {.source = SourceId{id}, .alive = true, .device_present = true, .is_active = active};
}
std::vector<HostView> pair() { return {host(1, true), host(2)}; }
SwitchMoment at(TimePoint now) { return {now, 1'700'000'000'000 + (now - kStart) / 1ms}; }
SwitchRequest to(std::uint16_t target) { return {.who = "tester", .target = SourceId{target}}; }
const SwitchRequest kBest = to(0);

std::string refusal(const SwitchRequest& request, const std::vector<HostView>& hosts) {
    SwitchGate gate;
    const auto verdict = gate.request(request, hosts, at(kStart));
    return verdict.outcome == SwitchOutcome::Refused ? verdict.reason : "it was accepted";
}

TEST(SwitchGate, BestStandbyIsTheLowestHealthyOneThatIsNotActive) {
    SwitchGate gate;
    auto ill = host(2);
    ill.health = 49;
    auto dead = host(3);
    dead.alive = false;
    const auto verdict =
        gate.request(kBest, std::vector{host(7), ill, dead, host(5), host(1, true)}, at(kStart));
    EXPECT_EQ(verdict.outcome, SwitchOutcome::Accepted);
    EXPECT_EQ(verdict.target, SourceId{5});
    EXPECT_EQ(verdict.reason, "switching to host 5");
}

TEST(SwitchGate, NamedTargetIsTakenThoughABetterOneIsThere) {
    SwitchGate gate;
    EXPECT_EQ(gate.request(to(3), std::vector{host(1, true), host(2), host(3)}, at(kStart)).target,
              SourceId{3});
}

TEST(SwitchGate, HealthOfFiftyIsEnough) {
    auto hosts = pair();
    hosts[1].health = 50;
    EXPECT_EQ(refusal(to(2), hosts), "it was accepted");
}

TEST(SwitchGate, RefusesWithTheReason) {
    EXPECT_EQ(refusal(kBest, {}), "no standby is known");
    EXPECT_EQ(refusal(kBest, {host(1, true)}), "no standby is known");
    EXPECT_EQ(refusal(to(9), pair()), "host 9 is not known");
    EXPECT_EQ(refusal(to(1), pair()), "host 1 is active already");
    auto hosts = pair();
    hosts[1].device_present = false;
    EXPECT_EQ(refusal(to(2), hosts), "host 2 has no MIDI device");
    hosts[1].alive = false;
    EXPECT_EQ(refusal(to(2), hosts), "host 2 is not heard: it is dead or cut off");
    hosts[1] = host(2);
    hosts[1].health = 49;
    EXPECT_EQ(refusal(to(2), hosts), "host 2 is not healthy: 49 of 100");
    hosts[1].health_reason = "clock unstable";
    EXPECT_EQ(refusal(to(2), hosts), "host 2 is not healthy: 49 of 100 (clock unstable)");
}

TEST(SwitchGate, SaysOfEveryStandbyWhyItCannotTakeOver) {
    auto dead = host(2);
    dead.alive = false;
    auto deaf = host(3);
    deaf.device_present = false;
    EXPECT_EQ(refusal(kBest, {host(1, true), dead, deaf}),
              "no standby can take over: host 2 is not heard: it is dead or cut off; host 3 has no "
              "MIDI device");
}

TEST(SwitchGate, RefusesAPressWithoutItsGuardFirstOfAll) {
    SwitchGate gate;
    gate.on_switch(kStart);
    auto request = kBest;
    request.guard_ok = false;
    const auto verdict = gate.request(request, {}, at(kStart));
    EXPECT_EQ(verdict.outcome, SwitchOutcome::Refused);
    EXPECT_THAT(verdict.reason, HasSubstr("the guard was not held"));
}

TEST(SwitchGateLockout, BeginsWithAnAcceptedSwitchAndSaysWhatIsLeft) {
    SwitchGate gate{{.lockout = 5s}};
    EXPECT_EQ(gate.lockout_left(kStart), 0s);
    ASSERT_EQ(gate.request(kBest, pair(), at(kStart)).outcome, SwitchOutcome::Accepted);
    EXPECT_EQ(gate.lockout_left(kStart + 1s), 4s);
    const auto again = gate.request(kBest, pair(), at(kStart + 1200ms));
    EXPECT_EQ(again.outcome, SwitchOutcome::Refused);
    EXPECT_EQ(again.reason, "locked for another 3800 ms after the last switch");
    EXPECT_EQ(gate.request(kBest, pair(), at(kStart + 5s)).outcome, SwitchOutcome::Accepted);
}

TEST(SwitchGate, RefusesAHostOfWhichThereAreTwo) {
    auto hosts = pair();
    hosts[1].twin = true;
    EXPECT_THAT(refusal(kBest, hosts), HasSubstr("host 2 is there twice"));
    EXPECT_THAT(refusal(to(2), hosts), HasSubstr("another host.id"));
}

TEST(SwitchGateLockout, BeginsWithAnAutomaticSwitchToo) {
    SwitchGate gate{{.lockout = 5s}};
    gate.on_switch(kStart);
    EXPECT_EQ(gate.request(kBest, pair(), at(kStart + 4999ms)).outcome, SwitchOutcome::Refused);
}

TEST(SwitchGateLockout, NeverSaysZeroIsLeft) {
    SwitchGate gate{{.lockout = 5s}};
    gate.on_switch(kStart);
    EXPECT_THAT(gate.request(kBest, pair(), at(kStart + 5s - 1ns)).reason,
                HasSubstr("another 1 ms"));
}

TEST(SwitchGateLockout, IsNotBegunByARefusal) {
    SwitchGate gate{{.lockout = 5s}};
    (void)gate.request(to(9), pair(), at(kStart));
    EXPECT_EQ(gate.request(kBest, pair(), at(kStart)).outcome, SwitchOutcome::Accepted);
}

TEST(SwitchGateLockout, OfZeroLocksNothing) {
    SwitchGate gate{{.lockout = 0s}};
    EXPECT_EQ(gate.request(kBest, pair(), at(kStart)).outcome, SwitchOutcome::Accepted);
    EXPECT_EQ(gate.request(kBest, pair(), at(kStart)).outcome, SwitchOutcome::Accepted);
}

TEST(SwitchGateLockout, ThatRunsIsMeasuredWithANewLength) {
    SwitchGate gate{{.lockout = 5s}};
    gate.on_switch(kStart);
    gate.configure({.lockout = 10s});
    EXPECT_EQ(gate.lockout_left(kStart + 6s), 4s);
}

TEST(SwitchGateConfirmation, SecondRequestWithinTwoSecondsSwitches) {
    SwitchGate gate{kConfirm};
    const auto first = gate.request(kBest, pair(), at(kStart));
    EXPECT_EQ(first.outcome, SwitchOutcome::NeedsConfirmation);
    EXPECT_EQ(first.target, SourceId{2});
    EXPECT_EQ(first.until, kStart + 2s);
    EXPECT_EQ(first.reason, "trigger again within 2 s to switch to host 2");
    const auto second = gate.request(kBest, pair(), at(kStart + 2s));
    EXPECT_EQ(second.outcome, SwitchOutcome::Accepted);
    EXPECT_EQ(second.target, SourceId{2});
}

TEST(SwitchGateConfirmation, ThatComesTooLateIsAFirstRequestAgain) {
    SwitchGate gate{kConfirm};
    (void)gate.request(kBest, pair(), at(kStart));
    const auto late = gate.request(kBest, pair(), at(kStart + 2s + 1ns));
    EXPECT_EQ(late.outcome, SwitchOutcome::NeedsConfirmation);
    EXPECT_EQ(late.until, kStart + 4s + 1ns);
}

TEST(SwitchGateConfirmation, MayComeFromAnotherOrigin) {
    SwitchGate gate{kConfirm};
    (void)gate.request({.origin = SwitchOrigin::MidiNote}, pair(), at(kStart));
    EXPECT_EQ(gate.request({.origin = SwitchOrigin::Osc}, pair(), at(kStart + 1s)).outcome,
              SwitchOutcome::Accepted);
}

TEST(SwitchGateConfirmation, MayNameTheHostThatWasChosenFirst) {
    SwitchGate gate{kConfirm};
    (void)gate.request(kBest, pair(), at(kStart));
    EXPECT_EQ(gate.request(to(2), pair(), at(kStart + 1s)).outcome, SwitchOutcome::Accepted);
}

TEST(SwitchGateConfirmation, OfAnotherHostArmsThatOneInstead) {
    SwitchGate gate{kConfirm};
    const std::vector three{host(1, true), host(2), host(3)};
    (void)gate.request(to(2), three, at(kStart));
    EXPECT_EQ(gate.request(to(3), three, at(kStart)).outcome, SwitchOutcome::NeedsConfirmation);
    EXPECT_EQ(gate.request(to(2), three, at(kStart)).outcome, SwitchOutcome::NeedsConfirmation);
    EXPECT_EQ(gate.request(to(2), three, at(kStart)).outcome, SwitchOutcome::Accepted);
}

TEST(SwitchGateConfirmation, IsNotArmedByARefusedRequest) {
    SwitchGate gate{kConfirm};
    auto unguarded = kBest;
    unguarded.guard_ok = false;
    (void)gate.request(unguarded, pair(), at(kStart));
    EXPECT_EQ(gate.request(kBest, pair(), at(kStart)).outcome, SwitchOutcome::NeedsConfirmation);
}

TEST(SwitchGateConfirmation, DoesNotSwitchToAHostThatDiedMeanwhile) {
    SwitchGate gate{kConfirm};
    auto hosts = pair();
    (void)gate.request(kBest, hosts, at(kStart));
    hosts[1].alive = false;
    EXPECT_EQ(gate.request(kBest, hosts, at(kStart + 1s)).outcome, SwitchOutcome::Refused);
}

TEST(SwitchGateConfirmation, IsForgottenWithAnySwitch) {
    SwitchGate gate{{.lockout = 0s, .confirmation = Confirmation::Confirm}};
    (void)gate.request(kBest, pair(), at(kStart));
    gate.on_switch(kStart);
    EXPECT_EQ(gate.request(kBest, pair(), at(kStart)).outcome, SwitchOutcome::NeedsConfirmation);
    ASSERT_EQ(gate.request(kBest, pair(), at(kStart)).outcome, SwitchOutcome::Accepted);
    EXPECT_EQ(gate.request(kBest, pair(), at(kStart)).outcome, SwitchOutcome::NeedsConfirmation);
}

TEST(AuditTrail, EveryAttemptLeavesWhoWhatWhenAndWhyNewestFirst) {
    SwitchGate gate{kConfirm};
    (void)gate.request({.origin = SwitchOrigin::Osc, .who = "10.0.0.7", .target = SourceId{9}},
                       pair(), at(kStart));
    (void)gate.request({.origin = SwitchOrigin::Dashboard, .who = "eva"}, pair(), at(kStart + 1s));
    ASSERT_EQ(gate.audit().size(), 2U);
    EXPECT_EQ(gate.audit().newest(0),
              (AuditRecord{2, 1'700'000'001'000, kStart + 1s, SwitchOrigin::Dashboard, "eva",
                           SourceId{2}, SwitchOutcome::NeedsConfirmation,
                           "trigger again within 2 s to switch to host 2"}));
    EXPECT_EQ(gate.audit().newest(1),
              (AuditRecord{1, 1'700'000'000'000, kStart, SwitchOrigin::Osc, "10.0.0.7", SourceId{9},
                           SwitchOutcome::Refused, "host 9 is not known"}));
}

TEST(AuditTrail, KeepsTheLastSixtyFour) {
    AuditTrail trail;
    for (int i = 0; i < 100; ++i) trail.add({});
    std::vector<std::uint64_t> sequences;
    trail.for_each([&](const AuditRecord& record) { sequences.push_back(record.sequence); });
    ASSERT_EQ(sequences.size(), 64U);
    EXPECT_EQ(sequences.front(), 100U);
    EXPECT_EQ(sequences.back(), 37U);
    EXPECT_TRUE(std::is_sorted(sequences.rbegin(), sequences.rend()));
}

TEST(AuditTrail, RecordStaysSmallWhateverItsAuthorCallsHimself) {
    AuditTrail trail;
    EXPECT_EQ(trail.add({.who = std::string(5000, 'x')}).who.size(), kMaxAuditText);
}

TEST(AuditText, IsNeverCutInsideACharacter) {
    for (std::size_t padding = 0; padding < 4; ++padding) {
        std::string text(padding, 'x');
        while (text.size() < kMaxAuditText + 8) text += "\xF0\x9F\x8E\xB9";
        const auto cut = audit_text(text);
        EXPECT_EQ((cut.size() - padding) % 4, 0U);
        EXPECT_GT(cut.size(), kMaxAuditText - 4);
        EXPECT_TRUE(text.starts_with(cut));
    }
    EXPECT_EQ(audit_text(std::string(600, '\x80')).size(), kMaxAuditText);
}

TEST(AuditLine, IsOneJsonObjectInAFixedOrder) {
    EXPECT_EQ(to_json_line({7, 1'700'000'000'123, TimePoint{5ms}, SwitchOrigin::MidiNote, "port 1",
                            SourceId{2}, SwitchOutcome::Accepted, "switching to host 2"}),
              "{\"sequence\":7,\"unix_ms\":1700000000123,\"monotonic_ns\":5000000,\"origin\":"
              "\"midi_note\","
              "\"who\":\"port 1\",\"target\":2,\"outcome\":\"accepted\",\"why\":\"switching to "
              "host 2\"}");
}

TEST(AuditLine, EscapesWhatWouldBreakTheLogAndReplacesWhatIsNotText) {
    AuditRecord record;
    record.who = "a\"b\\c\nd\x01";
    EXPECT_THAT(to_json_line(record), HasSubstr(R"("who":"a\"b\\c\nd\u0001")"));
    record.who = "\xFF!";
    EXPECT_THAT(to_json_line(record), HasSubstr("\"who\":\"\xEF\xBF\xBD!\""));
}

RehearsalRequest loss_of(std::uint16_t source) {
    return {.who = "tester", .source = SourceId{source}, .hold = 5s, .armed = true};
}
SwitchVerdict rehearsed(const RehearsalRequest& request, const std::vector<HostView>& hosts) {
    SwitchGate gate;
    return gate.rehearse(request, hosts, at(kStart));
}

TEST(SwitchGateRehearsal, ActiveHostIsHeldBackWhereAnotherCouldTakeOver) {
    const auto verdict = rehearsed(loss_of(1), pair());
    EXPECT_EQ(verdict.outcome, SwitchOutcome::Accepted);
    EXPECT_EQ(verdict.reason, "host 1 sends nothing for 5000 ms");
}

TEST(SwitchGateRehearsal, WhereTheMusicWouldStopItIsRefusedUnlessForced) {
    auto alone = pair();
    alone[1].device_present = false;
    auto disarmed = loss_of(1);
    disarmed.armed = false;
    EXPECT_EQ(rehearsed(loss_of(1), alone).reason,
              "the music would stop: no standby can take over: host 2 has no MIDI device");
    EXPECT_EQ(rehearsed(disarmed, pair()).reason,
              "clients would stay with a silent host: automatic failover is disarmed");
    for (auto request : {loss_of(1), disarmed}) {
        EXPECT_EQ(rehearsed(request, alone).outcome, SwitchOutcome::Refused);
        request.force = true;
        EXPECT_EQ(rehearsed(request, alone).outcome, SwitchOutcome::Accepted);
    }
}

TEST(SwitchGateRehearsal, LossOfAStandbyStopsNoMusic) {
    auto request = loss_of(2);
    request.armed = false;
    EXPECT_EQ(rehearsed(request, pair()).outcome, SwitchOutcome::Accepted);
}

TEST(SwitchGateRehearsal, OneIsNotBegunTwiceAndEndsOnce) {
    auto request = loss_of(1);
    request.held = 1500us;
    request.force = true;
    EXPECT_EQ(rehearsed(request, pair()).reason, "host 1 is held back already, for another 2 ms");
    request.hold = {};
    EXPECT_EQ(rehearsed(request, pair()).reason, "host 1 goes on now");
    request.held = {};
    EXPECT_EQ(rehearsed(request, pair()).reason, "host 1 is not held back");
    EXPECT_EQ(rehearsed(request, pair()).outcome, SwitchOutcome::Refused);
}

TEST(SwitchGateRehearsal, IsAuditedAndNeitherHeedsNorBeginsALockout) {
    SwitchGate gate;
    gate.on_switch(kStart);
    EXPECT_EQ(gate.rehearse(loss_of(1), pair(), at(kStart + 1s)).outcome, SwitchOutcome::Accepted);
    EXPECT_EQ(gate.lockout_left(kStart + 1s), 4s);
    const auto& record = gate.audit().newest();
    EXPECT_EQ(record.target, SourceId{1});
    EXPECT_EQ(record.who, "tester");
    EXPECT_EQ(record.held, Duration{5s});
    EXPECT_THAT(to_json_line(record), HasSubstr("\"held_ms\":5000"));
}

}  // namespace
}  // namespace midinet::control
