// Whatever people press, and whatever the hosts do meanwhile: what the gate promises.
#include "control/switch_gate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace midinet::control {
namespace {

/// One moment of an evening: hosts change, time passes, somebody presses or a switch happens.
struct Step {
    Duration later{};
    bool automatic = false;
    SwitchRequest request;
    std::vector<HostView> hosts;
};

rc::Gen<HostView> any_host() {
    return rc::gen::apply(
        [](std::uint16_t id, bool alive, std::uint8_t health, bool device) {
            return HostView{.source = SourceId{id},
                            .alive = alive,
                            .health = health,
                            .health_reason = "x",
                            .device_present = device};
        },
        rc::gen::inRange<std::uint16_t>(1, 5),
        rc::gen::weightedElement<bool>({{5, true}, {1, false}}),
        rc::gen::element<std::uint8_t>(0, 49, 50, 100),
        rc::gen::weightedElement<bool>({{5, true}, {1, false}}));
}

/// Hosts of different ids, at most one of them active.
rc::Gen<std::vector<HostView>> any_hosts() {
    const auto unique = rc::gen::uniqueBy<std::vector<HostView>>(
        any_host(), [](const HostView& host) { return host.source.value; });
    return rc::gen::apply(
        [](std::vector<HostView> hosts, std::size_t active) {
            if (active < hosts.size()) hosts[active].is_active = true;
            return hosts;
        },
        rc::gen::resize(4, unique), rc::gen::inRange<std::size_t>(0, 4));
}

rc::Gen<Step> any_step(bool steady_hosts) {
    const std::vector<HostView> good{
        {.source = SourceId{1}, .alive = true, .device_present = true, .is_active = true},
        {.source = SourceId{2}, .alive = true, .device_present = true},
        {.source = SourceId{3}, .alive = true, .device_present = true}};
    return rc::gen::apply(
        [](int ms, int what, std::uint16_t target, std::uint8_t origin,
           const std::vector<HostView>& hosts) {
            Step step;
            step.later = std::chrono::milliseconds{ms};
            step.automatic = what == 0;
            step.request = {.origin = static_cast<SwitchOrigin>(origin),
                            .who = "w",
                            .target = SourceId{target},
                            .guard_ok = what != 1};
            step.hosts = hosts;
            return step;
        },
        rc::gen::oneOf(rc::gen::element(0, 1, 1999, 2000, 2001), rc::gen::inRange(0, 6000)),
        rc::gen::inRange(0, 12),
        rc::gen::weightedElement<std::uint16_t>({{4, 0}, {2, 2}, {1, 3}, {1, 5}}),
        rc::gen::inRange<std::uint8_t>(0, 5), steady_hosts ? rc::gen::just(good) : any_hosts());
}

SwitchGateConfig any_config() {
    SwitchGateConfig config;
    config.lockout = std::chrono::milliseconds{*rc::gen::element(0, 500, 5000)};
    config.confirmation = *rc::gen::element(Confirmation::Immediate, Confirmation::Confirm);
    return config;
}

/// Plays an evening and lets `check` look at every request and its verdict.
template <typename Check>
void play(SwitchGate& gate, Check check) {
    const bool steady = *rc::gen::arbitrary<bool>();
    TimePoint now{1000s};
    for (const Step& step : *rc::gen::container<std::vector<Step>>(any_step(steady))) {
        now += step.later;
        if (step.automatic) {
            gate.on_switch(now);
            check(step, SwitchVerdict{}, now);
        } else {
            check(step, gate.request(step.request, step.hosts, {now, 1}), now);
        }
    }
}

RC_GTEST_PROP(SwitchGateProperty, NothingIsAcceptedWithinTheLockoutOfAnySwitch, ()) {
    const auto config = any_config();
    SwitchGate gate{config};
    std::optional<TimePoint> last;
    play(gate, [&](const Step& step, const SwitchVerdict& verdict, TimePoint now) {
        const bool accepted = !step.automatic && verdict.outcome == SwitchOutcome::Accepted;
        if (accepted && last) RC_ASSERT(now - *last >= config.lockout);
        if (accepted || step.automatic) last = now;
        const auto left = last ? std::max(Duration{0}, *last + config.lockout - now) : Duration{0};
        RC_ASSERT(gate.lockout_left(now) == left);
    });
}

RC_GTEST_PROP(SwitchGateProperty, WhatIsAcceptedIsGuardedAliveHealthyAndNotActive, ()) {
    SwitchGate gate{any_config()};
    play(gate, [&](const Step& step, const SwitchVerdict& verdict, TimePoint) {
        if (step.automatic) return;
        RC_ASSERT(!verdict.reason.empty());
        if (verdict.outcome == SwitchOutcome::Refused) return;
        const auto target =
            std::find_if(step.hosts.begin(), step.hosts.end(),
                         [&](const HostView& host) { return host.source == verdict.target; });
        RC_ASSERT(target != step.hosts.end());
        RC_ASSERT(step.request.guard_ok && target->alive && target->device_present);
        RC_ASSERT(target->health >= 50 && !target->is_active);
        RC_ASSERT(step.request.target == SourceId{} || step.request.target == verdict.target);
    });
}

RC_GTEST_PROP(SwitchGateProperty, EveryRequestLeavesExactlyOneRecordOfWhatWasAnswered, ()) {
    SwitchGate gate{any_config()};
    std::uint64_t requests = 0;
    play(gate, [&](const Step& step, const SwitchVerdict& verdict, TimePoint now) {
        if (!step.automatic) {
            ++requests;
            RC_ASSERT(gate.audit().newest() ==
                      (AuditRecord{requests, 1, now, step.request.origin, step.request.who,
                                   verdict.target, verdict.outcome, verdict.reason}));
        }
        RC_ASSERT(gate.audit().size() == std::min<std::uint64_t>(requests, 64));
    });
}

RC_GTEST_PROP(SwitchGateProperty, WhatMustBeConfirmedWasAskedForWithinTwoSecondsBefore, ()) {
    auto config = any_config();
    config.confirmation = Confirmation::Confirm;
    SwitchGate gate{config};
    std::optional<std::pair<SourceId, TimePoint>> asked;
    play(gate, [&](const Step& step, const SwitchVerdict& verdict, TimePoint now) {
        if (step.automatic) {
            asked.reset();
        } else if (verdict.outcome == SwitchOutcome::NeedsConfirmation) {
            RC_ASSERT(verdict.until == now + 2s);
            asked = {verdict.target, now};
        } else if (verdict.outcome == SwitchOutcome::Accepted) {
            RC_ASSERT(asked && asked->first == verdict.target && now - asked->second <= 2s);
            asked.reset();
        }
    });
}

RC_GTEST_PROP(SwitchGateProperty, WithoutConfirmationNothingAsksForOne, ()) {
    auto config = any_config();
    config.confirmation = Confirmation::Immediate;
    SwitchGate gate{config};
    play(gate, [&](const Step&, const SwitchVerdict& verdict, TimePoint) {
        RC_ASSERT(verdict.outcome != SwitchOutcome::NeedsConfirmation);
    });
}

}  // namespace
}  // namespace midinet::control
