#include "plan_parts.hpp"

#include <algorithm>

namespace midinet::simtest {
namespace {

using What = Fault::What;

/// A client believes whom it hears last of those that come in its first second.
constexpr Duration kSettled = 1100ms;

/// Mirrors are quiet together for so long before they play.
constexpr Duration kInStep = 50ms;

bool is_away(const Fault& fault) {
    return fault.what == What::KillHost || fault.what == What::ShutdownHost ||
           fault.what == What::StallHost || fault.what == What::LinkDown;
}

/// When each client begins, also after a restart.
std::vector<TimePoint> beginnings(const Plan& plan) {
    auto moments = plan.clients;
    for (const auto& fault : plan.faults)
        if (fault.what == What::RestartClient) moments.push_back(fault.at + fault.lasts);
    return moments;
}

/// Whether a client may begin with nothing of a host but what somebody sends again. It cannot know
/// that the host is not there, and several ghosts of mirrors are no one performance
/// (docs/limits.md).
bool hears_ghosts_first(const Plan& plan, const Fault& zombies) {
    const auto end = zombies.at + zombies.lasts;
    for (const auto begins : beginnings(plan))
        for (const auto& fault : plan.faults)
            if (begins >= zombies.at && begins <= end && is_away(fault) && fault.at < end &&
                fault.at + fault.lasts + kInStep > begins)
                return true;
    return false;
}

TimePoint end_of(const Fault& fault) { return fault.at + fault.lasts; }

bool is_death(const Fault& fault) {
    return fault.what == What::KillHost || fault.what == What::ShutdownHost;
}

/// Whether no network carries anything from one moment to another one.
bool is_cut_off(const Plan& plan, TimePoint from, TimePoint to) {
    for (unsigned network = 0; network < plan.networks; ++network)
        if (std::none_of(plan.faults.begin(), plan.faults.end(), [&](const Fault& fault) {
                return fault.what == What::LinkDown && fault.who == network && fault.at <= from &&
                       end_of(fault) >= to;
            }))
            return false;
    return true;
}

/// Whether it may be that no other host is there and in step at some moment between the two.
bool may_be_alone(const Plan& plan, unsigned host, TimePoint from, TimePoint to) {
    for (unsigned other = 0; other < plan.hosts; ++other)
        if (other != host &&
            std::none_of(plan.faults.begin(), plan.faults.end(), [&](const Fault& fault) {
                return is_away(fault) && (fault.what == What::LinkDown || fault.who == other) &&
                       fault.at < to && end_of(fault) + kInStep > from;
            }))
            return false;
    return true;
}

/// Whether somebody may send again what a host said in a life of which no client heard anything,
/// while it is dead and no other one is there. To a client that is a return: the epoch is newer
/// than all it knows, and what it brings comes too late to be told from new music that is equal.
bool hears_ghosts_alone(const Plan& plan, const Fault& zombies) {
    for (const auto& before : plan.faults)
        for (const auto& death : plan.faults) {
            const auto born = end_of(before);
            if (!is_death(before) || !is_death(death) || before.who != death.who) continue;
            if (born >= death.at || !is_cut_off(plan, born, death.at)) continue;
            const auto from = std::max(zombies.at, death.at);
            const auto to = std::min(end_of(zombies), end_of(death));
            if (from < to && may_be_alone(plan, death.who, from, to)) return true;
        }
    return false;
}

class RedundantPlanner {
  public:
    explicit RedundantPlanner(std::uint64_t seed) : random_(Random::mix(seed + 0x52)) {
        plan_.seed = seed;
        plan_.flavor = Flavor::Redundant;
    }
    Plan make();

  private:
    void people();
    void networks();
    void deaths();
    void deaths_anywhere();
    void hands();
    void storms();
    unsigned any(unsigned count) { return random_.below(count); }
    TimePoint moment() {
        return plan_.music_from +
               between(random_, Duration{}, plan_.faults_end - plan_.music_from - 20ms);
    }
    void add(What what, TimePoint at, Duration lasts, unsigned who) {
        plan_.faults.push_back({.what = what,
                                .at = at,
                                .lasts = std::min(lasts, plan_.faults_end - at),
                                .who = who,
                                .weather = {}});
    }

    Random random_;
    Plan plan_;
};

Plan RedundantPlanner::make() {
    plan_.topology = static_cast<Topology>(random_.below(3));
    people();
    networks();
    deaths();
    hands();
    if (plan_.deaths == Deaths::Anywhere) storms();
    if (random_.chance(0.2)) add(What::Zombies, moment(), between(random_, 10ms, 400ms), 0);
    if (const auto all = plan_; all.topology == Topology::Mirror)
        std::erase_if(plan_.faults, [&](const Fault& fault) {
            return fault.what == What::Zombies &&
                   (hears_ghosts_first(all, fault) || hears_ghosts_alone(all, fault));
        });
    std::stable_sort(plan_.faults.begin(), plan_.faults.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return plan_;
}

void RedundantPlanner::people() {
    const bool relay = plan_.topology == Topology::Relay;
    plan_.hosts = relay || random_.chance(0.7) ? 2 : 3;
    plan_.networks = random_.chance(0.25) ? 2 : 1;
    plan_.relay_has_device = relay && random_.chance(0.4);
    plan_.returns = random_.chance(0.3);
    plan_.music_from = kStart + between(random_, 20ms, 60ms);
    if (plan_.topology == Topology::Mirror) plan_.music_from += kInStep;
    plan_.faults_end = plan_.music_from + between(random_, 200ms, 700ms);
    const bool lasts = random_.chance(0.25);  // beyond the first second, where all may settle
    if (lasts) plan_.faults_end += kSettled + between(random_, 0ms, 1500ms);
    plan_.between_phrases = between(random_, 400us, lasts ? 20ms : 8ms);
    plan_.clients.push_back(kStart);
    while (plan_.clients.size() < 3 && random_.chance(0.35))
        plan_.clients.push_back(random_.chance(0.5) ? kStart : moment());
    plan_.piece.ports = random_.chance(0.3) ? 1 + random_.below(3) : 1;
    plan_.piece.long_sysex = random_.chance(0.3);
    plan_.piece.resets = random_.chance(0.1);
    plan_.jitter_buffer = random_.chance(0.2) ? Duration{2ms} : Duration{};
    plan_.skew = random_.chance(0.3) ? Duration{} : between(random_, 0ms, 20ms);
    plan_.hosts_die_at_end = random_.chance(0.5);
}

void RedundantPlanner::networks() {
    for (unsigned i = 0; i < plan_.networks; ++i) plan_.calm.push_back(fair(random_));
    plan_.fair_networks = random_.chance(0.65);
    for (unsigned i = 0; i < plan_.networks && !plan_.fair_networks; ++i) {
        add(What::Weather, kStart, plan_.faults_end - kStart, i);
        plan_.faults.back().weather = foul(random_, 0.2);
    }
}

void RedundantPlanner::deaths() {
    plan_.deaths = static_cast<Deaths>(random_.below(3));
    if (plan_.deaths == Deaths::Anywhere) return deaths_anywhere();
    const auto victim = any(plan_.hosts);
    for (auto at = moment(); at < plan_.faults_end - 10ms;) {
        const auto who = plan_.deaths == Deaths::OfOne ? victim : any(plan_.hosts);
        const auto what = random_.chance(0.75) ? What::KillHost : What::ShutdownHost;
        const auto lasts = between(random_, what == What::KillHost ? 1ms : 10ms, 250ms);
        add(what, at, lasts, who);
        at += lasts + between(random_, 60ms, 400ms);  // until it is whole again everywhere
    }
}

void RedundantPlanner::deaths_anywhere() {
    for (unsigned n = 1 + random_.below(4); n > 0; --n) {
        const auto at = moment();
        const auto who = any(plan_.hosts);
        add(What::KillHost, at, between(random_, 1ms, 250ms), who);
        if (random_.chance(0.3))
            add(What::KillHost, at + between(random_, 0ms, 12ms), between(random_, 1ms, 250ms),
                (who + 1) % plan_.hosts);
    }
}

void RedundantPlanner::hands() {
    if (random_.chance(0.6))
        for (unsigned n = 1 + random_.below(3); n > 0; --n)
            add(What::Switch, moment(), 0ms, any(plan_.hosts));
    if (random_.chance(0.2)) add(What::Disarm, moment(), between(random_, 10ms, 300ms), 0);
}

void RedundantPlanner::storms() {
    for (unsigned n = random_.below(3); n > 0; --n) {
        switch (random_.below(5)) {
            case 0:
                add(What::StallClient, moment(), between(random_, 1ms, 300ms),
                    any(static_cast<unsigned>(plan_.clients.size())));
                break;
            case 1:
                add(What::RestartClient, moment(), between(random_, 1ms, 100ms),
                    any(static_cast<unsigned>(plan_.clients.size())));
                break;
            case 2:
                add(What::LinkDown, moment(), between(random_, 1ms, 200ms), any(plan_.networks));
                plan_.fair_networks = false;
                break;
            case 3:
                if (plan_.topology == Topology::Standby)
                    add(What::Unplug, moment(), between(random_, 1ms, 200ms), any(plan_.hosts));
                break;
            default:
                // A mirror that lags behind by more than the pairing's window plays all again.
                add(What::StallHost, moment(),
                    between(random_, 1ms, plan_.topology == Topology::Mirror ? 100ms : 200ms),
                    any(plan_.hosts));
                break;
        }
    }
}

}  // namespace

Plan make_redundant_plan(std::uint64_t seed) { return RedundantPlanner{seed}.make(); }

}  // namespace midinet::simtest
