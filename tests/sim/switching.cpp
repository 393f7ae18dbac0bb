#include "switching.hpp"

namespace midinet::simtest {
namespace {

/// From an accepted switch to the last host that says so: a status reaches them.
constexpr unsigned kNewsTakesMs = 30;
/// How often a host dies between the gate's judgement and the switch.
constexpr double kTooLate = 0.3;

}  // namespace

Switching::Switching(platform::sim::World& world, const Plan& plan, Hosts& hosts)
    : world_(world), hosts_(hosts), random_(plan.seed * 5 + 2) {
    rules_.returns = plan.returns;
    if (plan.returns) rules_.lockout_s = 0;
    for (auto& host : hosts_) host->set_rules(rules_);
}

std::vector<control::HostView> Switching::views(SourceId played) const {
    std::vector<control::HostView> views;
    for (const auto& host : hosts_) {
        const SourceId source{static_cast<std::uint16_t>(host->id())};
        views.push_back({.source = source,
                         .alive = host->running(),
                         .health_reason = {},
                         .device_present = host->has_device(),
                         .is_active = source == played});
    }
    return views;
}

void Switching::ask(unsigned target, SourceId played) {
    const SourceId source{static_cast<std::uint16_t>(target)};
    const auto verdict =
        gate_.request({.who = "somebody", .target = source}, views(played), {.now = world_.now()});
    const bool dies_now = !hosts_[target - 1]->running() && random_.chance(kTooLate);
    if (verdict.outcome != control::SwitchOutcome::Accepted && !dies_now) return;
    appointment_ = {source, appointment_.term + 1};
    switched_at_ = world_.now();
    const auto first = random_.below(static_cast<std::uint32_t>(hosts_.size()));
    for (std::size_t i = 0; i < hosts_.size(); ++i)
        tell(*hosts_[i], i == first ? Duration{} : Duration{random_.below(kNewsTakesMs) * 1ms});
}

void Switching::tell(HostBox& host, Duration after) {
    world_.at(world_.now() + after, [this, &host] { host.appoint(appointment_); });
}

void Switching::arm(bool on) {
    rules_.automatic = on;
    for (auto& host : hosts_) host->set_rules(rules_);
}

void Switching::on_start(HostBox& host) {
    if (appointment_.term > 0) tell(host, Duration{random_.below(kNewsTakesMs) * 1ms});
}

}  // namespace midinet::simtest
