#include "control/report/overview.hpp"

#include "control/config_text.hpp"
#include "control/report/admins.hpp"
#include "control/report/agreement.hpp"
#include "control/report/words.hpp"
#include "control/switch_gate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace midinet::control {
namespace {

using plane::Roster;

Verdict sorted(Verdict verdict) {
    auto& findings = verdict.findings;
    std::stable_sort(findings.begin(), findings.end(),
                     [](const auto& a, const auto& b) { return a.grade > b.grade; });
    if (!findings.empty()) verdict.grade = findings.front().grade;
    return verdict;
}

/// Collects what is wrong.
class Judge {
  public:
    Judge(const Roster& roster, TimePoint now, DeviceSlot device)
        : roster_(roster), now_(now), device_(device), overview_(overview_of(roster, now)) {}

    Verdict verdict() {
        if (roster_.hosts().empty() && roster_.clients().empty()) return {Grade::Unreachable, {}};
        look_at_the_whole();
        for (const auto& [id, host] : roster_.hosts()) look_at(host);
        for (const auto& [id, client] : roster_.clients()) look_at(client);
        return sorted(std::move(verdict_));
    }

  private:
    void degraded(std::string text, std::string fix) {
        verdict_.findings.push_back({Grade::Degraded, std::move(text), std::move(fix)});
    }
    void not_safe(std::string text, std::string fix) {
        verdict_.findings.push_back({Grade::NotSafe, std::move(text), std::move(fix)});
    }
    bool is_played(HostId id) const { return overview_.played.contains(SourceId{id.value}); }

    void look_at_the_whole() {
        if (overview_.hosts == 0)
            not_safe("no host is heard", "start midi-host, or look at the network towards it");
        if (overview_.clients == 0)
            not_safe("no client is heard: nobody plays",
                     "start midi-client, or look at the network towards it");
        if (is_split())
            degraded("clients play different hosts", "bring them together: midinet-cli failover");
        const auto told = disagreement(roster_, now_);
        if (told) degraded(*told, kAgreementFix);
        // Where they were told the same, one of them was armed or disarmed alone.
        if (overview_.rules_differ && (!told || !overview_.armed))
            degraded("the hosts disagree on the rules of failover",
                     "give all of them the same [failover] section");
        if (overview_.armed == false)
            degraded("automatic failover is disarmed: a silent host is not left",
                     "midinet-cli failover --arm");
        if (overview_.hosts > 0 && !has_standby())
            degraded("no standby could take over",
                     rehearses() ? "wait until the rehearsal is over, or end it"
                                 : "start a second host, with its device");
    }
    bool rehearses() const {
        return std::any_of(roster_.hosts().begin(), roster_.hosts().end(), [&](const auto& host) {
            return held_left(host.second, now_) > Duration{0};
        });
    }
    /// Then each host that is played is a standby of the others.
    bool is_split() const {
        return overview_.played.size() - overview_.played.count(SourceId{0}) > 1;
    }
    bool has_standby() const {
        const auto& hosts = roster_.hosts();
        return std::any_of(hosts.begin(), hosts.end(), [&](const auto& entry) {
            const auto& [id, host] = entry;
            // Where nobody plays, the best of several is a standby of the others.
            const bool other =
                (!is_played(id) || is_split()) && (overview_.clients > 0 || overview_.hosts > 1);
            return other && !host.gone(now_) && held_left(host, now_) == Duration{0} &&
                   host.status.device_present && host.status.health >= SwitchGate::kLowestHealth;
        });
    }
    void look_at(const Roster::Host& host) {
        const auto& s = host.status;
        const auto name = fmt::format("host {} ({})", s.id.value, s.name.view());
        if (host.gone(now_)) {
            degraded(name + " has fallen silent", "look at its power and its network");
            return;
        }
        if (const auto held = held_left(host, now_); held > Duration{0})
            degraded(fmt::format("{} sends nothing for another {:.1f} s: its loss is rehearsed",
                                 name, to_ms(held) / 1000),
                     fmt::format("wait, or end it: midinet-cli rehearse {} --end", s.id.value));
        if (s.conflict)
            not_safe(fmt::format("{}: another host has the same id, at {}", name,
                                 address_text(s.conflict->address)),
                     "give one of them another host.id");
        if (!s.device_present) {
            auto text = name + " has no MIDI device";
            const char* fix = "plug it in, or look at midi.device of its configuration";
            is_played(s.id) ? not_safe(text + ", and is played", fix) : degraded(text, fix);
        }
        auto others = devices_in(s.devices.missing);
        std::erase(others, unsigned{device_.value});
        if (!others.empty())
            degraded(fmt::format("{} is without its device {}", name, fmt::join(others, ", ")),
                     "midinet-cli status --device N tells what it means for the show");
        if (s.health < SwitchGate::kLowestHealth)
            degraded(fmt::format("{} has health {}{}", name, unsigned{s.health},
                                 s.reasons.empty() ? "" : fmt::format(": {}", s.reasons[0].view())),
                     "see midinet-cli hosts for all reasons");
    }
    /// Nothing comes out of its port.
    static bool hears_nothing(const plane::ClientStatus& s) {
        return std::any_of(s.sources.begin(), s.sources.end(), [&](const auto& source) {
            return source.id == s.active && !source.alive;
        });
    }
    void look_at(const Roster::Client& client) {
        const auto& s = client.status;
        const auto name = fmt::format("client {}", s.name.view());
        if (client.gone(now_)) {
            degraded(name + " has fallen silent", "look at its power and its network");
            return;
        }
        if (!s.port_open)
            not_safe(name + " has no MIDI port open", "look at midi.port of its configuration");
        if (s.active.value == 0) not_safe(name + " plays nobody", "look at its network");
        if (hears_nothing(s))
            not_safe(fmt::format("{} plays host {}, and hears nothing of it", name, s.active.value),
                     "midinet-cli failover, where another host could take over; else look at that "
                     "host, and at the network between them");
        for (const auto& source : s.sources)
            if (source.id == s.active && source.alive && !source.whole)
                degraded(
                    fmt::format("{} does not know all of host {}'s state", name, source.id.value),
                    "wait a second; if it stays, look for loss on its network");
        for (const auto& [id, host] : roster_.hosts()) look_for_way(s, name, host);
        const auto* played = roster_.host(HostId{s.active.value});
        const bool heard = played != nullptr && !played->gone(now_);
        if (s.active.value != 0 && overview_.hosts > 0 && !heard)
            degraded(fmt::format("{} plays host {}, which is not heard here", name, s.active.value),
                     "look at that host, and at the network between it and this machine");
    }
    void look_for_way(const plane::ClientStatus& s, const std::string& name,
                      const Roster::Host& host) {
        if (host.gone(now_) || held_left(host, now_) > Duration{0}) return;
        const SourceId id{host.status.id.value};
        if (id == s.active && hears_nothing(s)) return;  // that was said
        const auto* source = std::find_if(s.sources.begin(), s.sources.end(),
                                          [&](const auto& one) { return one.id == id; });
        // A relay and a mirror carry a stream of another's name.
        const auto role = host.status.role;
        const bool may_be_unlisted = role == wire::Role::Relay || role == wire::Role::Mirror;
        if (source == s.sources.end() ? !may_be_unlisted : !source->alive)
            degraded(fmt::format("{} does not hear host {}", name, id.value),
                     "look at the network between them (IGMP snooping, firewall)");
    }

    const Roster& roster_;
    TimePoint now_;
    DeviceSlot device_;
    Overview overview_;
    Verdict verdict_;
};

bool same_rules(const plane::FailoverState& a, const plane::FailoverState& b) noexcept {
    return a.armed == b.armed && a.switch_back == b.switch_back && a.values == b.values;
}

}  // namespace

Overview overview_of(const Roster& roster, TimePoint now) {
    Overview o;
    const plane::FailoverState* first = nullptr;
    for (const auto& [id, host] : roster.hosts()) {
        if (host.gone(now)) continue;
        ++o.hosts;
        const auto& failover = host.status.failover;
        if (first == nullptr) first = &failover;
        if (first->armed == failover.armed && (o.armed || first == &failover))
            o.armed = failover.armed;
        else
            o.armed.reset();
        o.rules_differ = o.rules_differ || !same_rules(*first, failover);
        o.lockout_left_ms = std::max(o.lockout_left_ms, failover.lockout_left_ms);
        o.term = std::max(o.term, failover.term);
    }
    for (const auto& [id, client] : roster.clients()) {
        if (client.gone(now)) continue;
        ++o.clients;
        ++o.played[client.status.active];
    }
    return o;
}

Duration held_left(const plane::Roster::Host& host, TimePoint now) {
    const auto said = std::chrono::milliseconds(host.status.held_ms);
    return host.gone(now) ? Duration{0} : std::max(Duration{0}, said - (now - host.heard));
}

std::string_view to_string(Grade grade) noexcept {
    static constexpr std::array<std::string_view, 4> kNames{"ready", "degraded", "not_safe",
                                                            "unreachable"};
    return kNames[static_cast<std::size_t>(grade)];
}

Verdict judge(const Roster& roster, TimePoint now, DeviceSlot device) {
    return Judge(roster, now, device).verdict();
}

Verdict judge(const ShowView& view) {
    auto verdict = judge(view.roster, view.now, view.device);
    const auto add = [&verdict](const std::vector<Finding>& more) {
        verdict.findings.insert(verdict.findings.end(), more.begin(), more.end());
    };
    if (view.admins != nullptr) add(admin_findings(*view.admins, view.own));
    if (view.own_findings != nullptr) add(*view.own_findings);
    // Where nothing is heard nothing is better for that.
    return verdict.grade == Grade::Unreachable ? verdict : sorted(std::move(verdict));
}

}  // namespace midinet::control
