#include "plan.hpp"

#include "plan_parts.hpp"

#include <algorithm>

namespace midinet::simtest {

using What = Fault::What;
using platform::sim::Weather;

Duration between(Random& random, Duration low, Duration high) {
    return low + Duration{static_cast<std::int64_t>(static_cast<double>((high - low).count()) *
                                                    random.unit())};
}

Weather fair(Random& random) {
    Weather weather;
    weather.delay = between(random, 20us, 200us);
    weather.jitter = between(random, 0us, 100us);
    if (random.chance(0.2)) weather.duplicate = random.unit() * 0.2;
    return weather;
}

Weather foul(Random& random, double most_loss) {
    Weather weather = fair(random);
    weather.loss = random.unit() * most_loss;
    weather.duplicate = random.unit() * 0.2;
    weather.reorder = random.unit() * 0.3;
    weather.reorder_by = between(random, 100us, 4ms);
    if (random.chance(0.3)) weather.jitter = between(random, 0us, 1500us);
    return weather;
}

namespace {

class Planner {
  public:
    explicit Planner(std::uint64_t seed) : random_(Random::mix(seed + 0x51)) { plan_.seed = seed; }
    Plan make();

  private:
    void people();
    void one_bad_path();
    void lossy();
    void stormy();
    void add(What what, Duration least, Duration most, unsigned who);
    TimePoint moment() {
        return plan_.music_from +
               between(random_, Duration{}, plan_.faults_end - plan_.music_from - 20ms);
    }
    unsigned any(std::size_t count) { return random_.below(static_cast<std::uint32_t>(count)); }

    Random random_;
    Plan plan_;
};

Plan Planner::make() {
    constexpr std::array kFlavors{
        Flavor::Calm,  Flavor::OneBadPath, Flavor::OneBadPath, Flavor::OneBadPath, Flavor::Lossy,
        Flavor::Lossy, Flavor::Stormy,     Flavor::Stormy,     Flavor::Stormy,     Flavor::Stormy};
    plan_.flavor = random_.chance(0.03) ? Flavor::Hostile : kFlavors[any(kFlavors.size())];
    people();
    switch (plan_.flavor) {
        case Flavor::Calm:
            break;
        case Flavor::OneBadPath:
            one_bad_path();
            break;
        case Flavor::Lossy:
            lossy();
            break;
        default:
            stormy();
            break;
    }
    if (random_.chance(0.3)) add(What::Garbage, 10ms, 200ms, 0);
    if (random_.chance(0.3)) add(What::Zombies, 10ms, 400ms, 0);
    if (plan_.flavor == Flavor::Hostile) add(What::Forgery, 100ms, 400ms, 0);
    std::stable_sort(plan_.faults.begin(), plan_.faults.end(),
                     [](const Fault& a, const Fault& b) { return a.at < b.at; });
    return plan_;
}

void Planner::people() {
    plan_.hosts = random_.chance(0.35) ? 2 : 1;
    plan_.networks = plan_.flavor == Flavor::OneBadPath || random_.chance(0.25) ? 2 : 1;
    for (unsigned i = 0; i < plan_.networks; ++i) plan_.calm.push_back(fair(random_));
    plan_.music_from = kStart + between(random_, 10ms, 60ms);
    plan_.faults_end = plan_.music_from + between(random_, 200ms, 700ms);
    plan_.clients.push_back(kStart + (random_.chance(0.5) ? 0ms : between(random_, 0ms, 200ms)));
    while (plan_.clients.size() < 4 && random_.chance(0.4)) plan_.clients.push_back(moment());
    if (random_.chance(0.1)) plan_.clients.push_back(kStart + between(random_, 510ms, 600ms));
    plan_.faults_end = std::max(
        plan_.faults_end, *std::max_element(plan_.clients.begin(), plan_.clients.end()) + 30ms);
    plan_.piece.ports = random_.chance(0.3) ? 1 + random_.below(3) : 1;
    plan_.piece.long_sysex = random_.chance(0.4);
    plan_.piece.huge_sysex = random_.chance(0.15);
    plan_.piece.resets = random_.chance(0.2);
    plan_.jitter_buffer = random_.chance(0.3) ? Duration{2ms} : Duration{};
    plan_.between_phrases = between(random_, 400us, 8ms);
    plan_.hosts_die_at_end = random_.chance(0.25);
}

void Planner::add(What what, Duration least, Duration most, unsigned who) {
    Fault fault{.what = what,
                .at = moment(),
                .lasts = between(random_, least, most),
                .who = who,
                .weather = {}};
    fault.lasts = std::min(fault.lasts, plan_.faults_end - fault.at);
    plan_.faults.push_back(fault);
}

/// Bad periods one after the other, with time in between for what is under way to arrive.
void Planner::one_bad_path() {
    for (auto at = moment(); at < plan_.faults_end;) {
        Fault fault{.what = What::Weather,
                    .at = at,
                    .lasts = between(random_, 5ms, 200ms),
                    .who = any(2),
                    .weather = foul(random_, 1.0)};
        if (random_.chance(0.3)) fault.what = What::LinkDown;
        fault.lasts = std::min(fault.lasts, plan_.faults_end - at);
        plan_.faults.push_back(fault);
        at += fault.lasts + between(random_, 10ms, 100ms);
    }
    for (unsigned i = 0; i < plan_.clients.size(); ++i)
        if (random_.chance(0.3)) add(What::StallClient, 1ms, 250ms, i);
}

void Planner::lossy() {
    for (unsigned i = 0; i < plan_.networks; ++i) {
        Fault fault{.what = What::Weather,
                    .at = kStart,
                    .lasts = plan_.faults_end - kStart,
                    .who = i,
                    .weather = foul(random_, 0.2)};
        plan_.faults.push_back(fault);
    }
}

void Planner::stormy() {
    if (random_.chance(0.7)) lossy();
    const auto clients = plan_.clients.size();
    for (unsigned n = 1 + random_.below(5); n > 0; --n) {
        switch (random_.below(12)) {
            case 0:
                add(What::LinkDown, 1ms, 300ms, any(plan_.networks));
                break;
            case 1:
            case 2:
                add(What::Weather, 5ms, 300ms, any(plan_.networks));
                plan_.faults.back().weather = foul(random_, random_.chance(0.3) ? 1.0 : 0.3);
                break;
            case 3:
                add(What::StallClient, 1ms, 300ms, any(clients));
                break;
            case 4:
                add(What::StallHost, 1ms, 200ms, any(plan_.hosts));
                break;
            case 5:
                add(What::KillHost, 1ms, 200ms, any(plan_.hosts));
                break;
            case 6:
                add(What::ShutdownHost, 8ms, 200ms, any(plan_.hosts));
                break;
            case 7:
                add(What::Unplug, 1ms, 200ms, any(plan_.hosts));
                break;
            case 8:
                add(What::RestartClient, 1ms, 100ms, any(clients));
                break;
            case 9:
                add(What::PortFull, 1ms, 200ms, any(clients));
                break;
            case 10:
                add(What::PortLost, 1ms, 100ms, any(clients));
                break;
            default:
                add(What::Zombies, 10ms, 300ms, 0);
                break;
        }
    }
}

}  // namespace

const char* to_string(Flavor flavor) {
    constexpr std::array kNames{"calm", "one bad path", "lossy", "stormy", "hostile", "redundant"};
    return kNames[static_cast<std::size_t>(flavor)];
}

const char* to_string(Fault::What what) {
    constexpr std::array kNames{
        "weather",        "link down",        "client stalls",    "host stalls",    "host killed",
        "host shut down", "device unplugged", "client restarted", "port full",      "port lost",
        "garbage",        "zombies",          "forgery",          "switch by hand", "disarmed"};
    return kNames[static_cast<std::size_t>(what)];
}

const char* to_string(Topology topology) {
    constexpr std::array kNames{"standby", "mirror", "relay"};
    return kNames[static_cast<std::size_t>(topology)];
}

Plan make_plan(std::uint64_t seed, Kind kind) {
    return kind == Kind::Plain ? Planner{seed}.make() : make_redundant_plan(seed);
}

Plan make_plan(std::uint64_t seed) {
    constexpr double kRedundantShare = 0.4;
    Random random{Random::mix(seed + 0x53)};
    return make_plan(seed, random.chance(kRedundantShare) ? Kind::Redundant : Kind::Plain);
}

std::string describe(const Plan& plan) {
    const auto ms = [](TimePoint t) { return std::to_string(to_ms(t.time_since_epoch())); };
    std::string text = "seed " + std::to_string(plan.seed) + ": " + to_string(plan.flavor) +
                       ", hosts " + std::to_string(plan.hosts) + ", networks " +
                       std::to_string(plan.networks) + ", ports " +
                       std::to_string(plan.piece.ports) + ", jitter buffer " +
                       std::to_string(to_ms(plan.jitter_buffer)) + " ms, long SysEx " +
                       std::to_string(plan.piece.long_sysex) + ", a phrase every " +
                       std::to_string(to_ms(plan.between_phrases)) + " ms\n  music from " +
                       ms(plan.music_from) + " to " + ms(plan.faults_end) + ", clients at";
    for (const auto at : plan.clients) text += " " + ms(at);
    if (plan.flavor == Flavor::Redundant)
        text += "\n  " + std::string(to_string(plan.topology)) + ", deaths " +
                std::to_string(static_cast<int>(plan.deaths)) + ", fair networks " +
                std::to_string(plan.fair_networks) + ", returns " + std::to_string(plan.returns) +
                ", relay has a device " + std::to_string(plan.relay_has_device) + ", skew " +
                std::to_string(to_ms(plan.skew)) + " ms";
    for (const auto& fault : plan.faults)
        text += "\n  " + ms(fault.at) + " " + to_string(fault.what) + " " +
                std::to_string(fault.who) + " for " + std::to_string(to_ms(fault.lasts)) +
                " ms, loss " + std::to_string(fault.weather.loss);
    return text + (plan.hosts_die_at_end ? "\n  then all hosts die\n" : "\n");
}

}  // namespace midinet::simtest
