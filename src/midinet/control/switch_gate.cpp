#include "control/switch_gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace midinet::control {
namespace {

SwitchVerdict refused(SourceId target, std::string reason) {
    return {SwitchOutcome::Refused, target, std::move(reason)};
}

std::string name_of(SourceId source) { return fmt::format("host {}", source.value); }

/// Why nothing may be switched to `host`; empty when it may.
std::string trouble(const HostView& host) {
    const std::string name = name_of(host.source);
    if (host.is_active) return name + " is active already";
    if (host.held) return name + " is held back: its loss is rehearsed";
    if (!host.alive) return name + " is not heard: it is dead or cut off";
    if (host.twin) return name + " is there twice: give one of the two another host.id, or stop it";
    if (!host.device_present) return name + " has no MIDI device";
    if (host.health >= SwitchGate::kLowestHealth) return {};
    return fmt::format("{} is not healthy: {} of 100{}{}{}", name, host.health,
                       host.health_reason.empty() ? "" : " (", host.health_reason,
                       host.health_reason.empty() ? "" : ")");
}

/// Either a host to switch to, or why there is none.
struct Choice {
    SourceId target{};
    std::string trouble;
};

Choice choose_named(SourceId target, std::span<const HostView> hosts) {
    const auto found = std::find_if(hosts.begin(), hosts.end(),
                                    [&](const HostView& host) { return host.source == target; });
    if (found == hosts.end()) return {target, name_of(target) + " is not known"};
    return {target, trouble(*found)};
}

Choice choose_best(std::span<const HostView> hosts) {
    Choice best;
    std::string troubles;
    for (const HostView& host : hosts) {
        if (host.is_active || host.source == SourceId{}) continue;
        const std::string why_not = trouble(host);
        if (!why_not.empty())
            troubles += (troubles.empty() ? "" : "; ") + why_not;
        else if (best.target == SourceId{} || host.source < best.target)
            best.target = host.source;
    }
    if (best.target != SourceId{}) return best;
    best.trouble =
        troubles.empty() ? "no standby is known" : "no standby can take over: " + troubles;
    return best;
}

}  // namespace

void SwitchGate::configure(const SwitchGateConfig& config) noexcept {
    if (config.confirmation != config_.confirmation) armed_.reset();
    config_ = config;
}

void SwitchGate::on_switch(TimePoint now) noexcept {
    last_switch_ = now;
    armed_.reset();
}

void SwitchGate::on_switch(AuditRecord record) {
    on_switch(record.at);
    audit_.add(std::move(record));
}

Duration SwitchGate::lockout_left(TimePoint now) const noexcept {
    if (!last_switch_) return Duration{0};
    return std::max(Duration{0}, config_.lockout - (now - *last_switch_));
}

SwitchVerdict SwitchGate::request(const SwitchRequest& request, std::span<const HostView> hosts,
                                  SwitchMoment moment) {
    SwitchVerdict verdict = judge(request, hosts, moment.now);
    audit_.add({.unix_ms = moment.unix_ms,
                .at = moment.now,
                .origin = request.origin,
                .who = request.who,
                .target = verdict.target,
                .outcome = verdict.outcome,
                .why = verdict.reason});
    return verdict;
}

SwitchVerdict SwitchGate::rehearse(const RehearsalRequest& request, std::span<const HostView> hosts,
                                   SwitchMoment moment) {
    SwitchVerdict verdict = judge(request, hosts);
    audit_.add({.unix_ms = moment.unix_ms,
                .at = moment.now,
                .origin = SwitchOrigin::Command,
                .who = request.who,
                .target = request.source,
                .outcome = verdict.outcome,
                .why = verdict.reason,
                .held = request.hold});
    return verdict;
}

SwitchVerdict SwitchGate::judge(const RehearsalRequest& request, std::span<const HostView> hosts) {
    const auto name = name_of(request.source);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(request.held).count();
    if (request.hold == Duration{0}) {
        if (left == 0) return refused(request.source, name + " is not held back");
        return {SwitchOutcome::Accepted, request.source, name + " goes on now"};
    }
    if (left != 0)
        return refused(request.source,
                       fmt::format("{} is held back already, for another {} ms", name, left));
    const bool plays = std::any_of(hosts.begin(), hosts.end(), [&](const HostView& host) {
        return host.source == request.source && host.is_active;
    });
    if (plays && !request.force) {
        if (!request.armed)
            return refused(request.source,
                           "clients would stay with a silent host: automatic failover is disarmed");
        if (auto best = choose_best(hosts); !best.trouble.empty())
            return refused(request.source, "the music would stop: " + best.trouble);
    }
    return {SwitchOutcome::Accepted, request.source,
            fmt::format("{} sends nothing for {} ms", name,
                        std::chrono::ceil<std::chrono::milliseconds>(request.hold).count())};
}

SwitchVerdict SwitchGate::judge(const SwitchRequest& request, std::span<const HostView> hosts,
                                TimePoint now) {
    if (!request.guard_ok)
        return refused(request.target, "the guard was not held; hold it while triggering");
    if (const Duration left = lockout_left(now); left > Duration{0})
        return refused(request.target,
                       fmt::format("locked for another {} ms after the last switch",
                                   std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    Choice choice =
        request.target == SourceId{} ? choose_best(hosts) : choose_named(request.target, hosts);
    if (!choice.trouble.empty()) return refused(choice.target, std::move(choice.trouble));
    if (config_.confirmation == Confirmation::Confirm && !request.follows)
        return confirm(choice.target, now);
    on_switch(now);
    return {SwitchOutcome::Accepted, choice.target, "switching to " + name_of(choice.target)};
}

SwitchVerdict SwitchGate::confirm(SourceId target, TimePoint now) {
    if (armed_ && armed_->target == target && now <= armed_->until) {
        on_switch(now);
        return {SwitchOutcome::Accepted, target,
                "switching to " + name_of(target) + ", as confirmed"};
    }
    armed_ = Armed{target, now + kConfirmWithin};
    return {SwitchOutcome::NeedsConfirmation, target,
            fmt::format("trigger again within {} s to switch to {}",
                        std::chrono::duration_cast<std::chrono::seconds>(kConfirmWithin).count(),
                        name_of(target)),
            armed_->until};
}

}  // namespace midinet::control
