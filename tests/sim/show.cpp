#include "show.hpp"

#include "allocation_watch.hpp"
#include "base/verify.hpp"
#include "redundant_checker.hpp"

#include <algorithm>
#include <optional>

namespace midinet::simtest {
namespace {

using What = Fault::What;
using namespace platform::sim;

/// From the end of the faults to the judgement.
constexpr Duration kQuiet = 150ms;
/// Of mirrors: what one of them never brings is waited for that long first.
constexpr Duration kPairing = 150ms;
/// Of relays: a client that cannot ask the source waits in vain for a fragment of a long SysEx,
/// and as long again for those that were lost meanwhile.
constexpr Duration kFragments = 1000ms;
/// From the death of the last host to silence: patience with a lone host is 100 ms.
constexpr Duration kLastBreath = 150ms;
constexpr std::size_t kRemembered = 64;
/// Between two forged, garbled or old datagrams.
constexpr Duration kBetweenInjections = 2ms;

class Show {
  public:
    explicit Show(const Plan& plan)
        : plan_(plan), world_(plan.seed, plan.networks), random_(plan.seed * 7 + 1) {
        for (unsigned i = 0; i < plan.networks; ++i) world_.weather(i) = plan.calm[i];
        if (plan.is(Topology::Mirror)) device_.emplace(world_, plan_);
        for (unsigned i = 0; i < plan.hosts; ++i)
            hosts_.push_back(std::make_unique<HostBox>(
                world_, plan_, i + 1, device_ ? &device_->performance() : nullptr));
        if (plan.flavor == Flavor::Redundant) switching_.emplace(world_, plan_, hosts_);
        for (unsigned i = 0; i < plan.clients.size(); ++i)
            clients_.push_back(std::make_unique<ClientBox>(world_, plan_, i));
        world_.tap([this](ByteView bytes) { remember(bytes); });
    }
    std::vector<std::string> run();
    std::string counters() const;
    const Endings& endings() const noexcept { return endings_; }

  private:
    void schedule();
    template <typename Play>
    void play_on(Play play);
    void start_host(HostBox& host);
    void begin(const Fault& fault);
    void end(const Fault& fault);
    void heal();
    void remember(ByteView bytes);
    void inject(What what, TimePoint until);
    Bytes forge(What what);
    SourceId played() const;
    void judge();
    void compare(const ClientBox& client);
    void judge_redundant();
    void judge_client(unsigned index);
    void blame(unsigned client, const std::string& wrong) {
        if (!wrong.empty())
            violations_.push_back("client " + std::to_string(client) + ": " + wrong);
    }

    const Plan& plan_;
    World world_;
    Random random_;
    Hosts hosts_;
    std::vector<std::unique_ptr<ClientBox>> clients_;
    std::optional<SharedDevice> device_;  ///< of mirrors
    std::optional<Switching> switching_;  ///< of redundant shows
    Vigil vigil_{world_, plan_, hosts_, clients_};
    std::vector<Bytes> remembered_;
    std::vector<std::string> violations_;
    Endings endings_;
};

std::vector<std::string> Show::run() {
    const auto allocations = AllocationWatch::counted();
    const auto failures = g_verify_failures.load();
    schedule();
    world_.run_until(plan_.faults_end);
    heal();
    const auto quiet =
        kQuiet + (plan_.is(Topology::Mirror) ? kPairing : Duration{}) +
        (plan_.is(Topology::Relay) && plan_.piece.long_sysex ? kFragments : Duration{});
    world_.run_until(plan_.faults_end + quiet);
    if (plan_.flavor != Flavor::Hostile) judge();
    if (plan_.hosts_die_at_end) {
        for (auto& host : hosts_) host->kill();
        world_.run_until(plan_.faults_end + quiet + kLastBreath);
        for (unsigned i = 0; i < clients_.size() && plan_.flavor != Flavor::Hostile; ++i)
            blame(i, check_silence(*clients_[i]));
    }
    violations_.insert(violations_.end(), vigil_.violations().begin(), vigil_.violations().end());
    if (AllocationWatch::counted() != allocations)
        violations_.push_back("I9: an engine allocated in its turn");
    if (g_verify_failures.load() != failures) violations_.push_back("a MIDINET_VERIFY failed");
    return violations_;
}

void Show::schedule() {
    for (auto& host : hosts_) {
        host->start();
        if (!device_)
            world_.at(plan_.music_from, [this, &host] { play_on([&host] { host->play(); }); });
    }
    if (device_)
        world_.at(plan_.music_from, [this] { play_on([this] { device_->play(hosts_); }); });
    for (unsigned i = 0; i < clients_.size(); ++i) {
        if (plan_.clients[i] <= world_.now())
            clients_[i]->start();
        else
            world_.at(plan_.clients[i], [c = clients_[i].get()] { c->start(); });
    }
    for (const auto& fault : plan_.faults) {
        world_.at(fault.at, [this, &fault] { begin(fault); });
        world_.at(fault.at + fault.lasts, [this, &fault] { end(fault); });
    }
}

template <typename Play>
void Show::play_on(Play play) {
    if (world_.now() >= plan_.faults_end) return;
    play();
    const auto pause = static_cast<double>(plan_.between_phrases.count()) * 2 * random_.unit();
    world_.at(world_.now() + Duration{static_cast<std::int64_t>(pause)},
              [this, play] { play_on(play); });
}

void Show::start_host(HostBox& host) {
    host.start();
    if (switching_) switching_->on_start(host);
}

void Show::begin(const Fault& fault) {
    const auto until = fault.at + fault.lasts;
    switch (fault.what) {
        case What::Weather:
            world_.weather(fault.who) = fault.weather;
            break;
        case What::LinkDown:
            world_.set_link(fault.who, false);
            break;
        case What::StallClient:
            clients_[fault.who]->node().stall_until(until);
            break;
        case What::StallHost:
            hosts_[fault.who]->node().stall_until(until);
            break;
        case What::KillHost:
            hosts_[fault.who]->kill();
            if (switching_) vigil_.begin(fault.who + 1);
            break;
        case What::ShutdownHost:
            hosts_[fault.who]->shut_down();
            break;
        case What::Unplug:
            hosts_[fault.who]->unplug();
            break;
        case What::RestartClient:
            clients_[fault.who]->kill();
            break;
        case What::PortFull:
            clients_[fault.who]->fill_port(true);
            break;
        case What::PortLost:
            clients_[fault.who]->lose_port();
            break;
        case What::Garbage:
        case What::Zombies:
        case What::Forgery:
            inject(fault.what, until);
            break;
        case What::Switch:
            switching_->ask(fault.who + 1, played());
            break;
        case What::Disarm:
            switching_->arm(false);
            break;
    }
}

void Show::end(const Fault& fault) {
    switch (fault.what) {
        case What::Weather:
            world_.weather(fault.who) = plan_.calm[fault.who];
            break;
        case What::LinkDown:
            world_.set_link(fault.who, true);
            break;
        case What::KillHost:
        case What::ShutdownHost:
            start_host(*hosts_[fault.who]);
            break;
        case What::Unplug:
            hosts_[fault.who]->plug_in();
            break;
        case What::RestartClient:
            clients_[fault.who]->start();
            break;
        case What::PortFull:
            clients_[fault.who]->fill_port(false);
            break;
        case What::PortLost:
            clients_[fault.who]->open_port();
            break;
        case What::Disarm:
            switching_->arm(true);
            break;
        default:
            break;
    }
}

void Show::heal() {
    for (unsigned i = 0; i < plan_.networks; ++i) {
        world_.weather(i) = plan_.calm[i];
        world_.set_link(i, true);
    }
    for (auto& host : hosts_) host->plug_in();
}

/// Keeps a few of the hosts' datagrams, old and new.
void Show::remember(ByteView bytes) {
    if (random_.below(16) != 0) return;
    const auto* data = static_cast<const std::uint8_t*>(static_cast<const void*>(bytes.data()));
    Bytes copy(data, data + bytes.size());
    if (remembered_.size() < kRemembered)
        remembered_.push_back(std::move(copy));
    else
        remembered_[random_.below(kRemembered)] = std::move(copy);
}

Bytes Show::forge(What what) {
    Bytes bytes;
    if (!remembered_.empty())
        bytes = remembered_[random_.below(static_cast<std::uint32_t>(remembered_.size()))];
    if (what == What::Zombies || bytes.empty()) return bytes;
    if (what == What::Forgery) {
        for (unsigned n = 1 + random_.below(4); n > 0; --n)
            bytes[random_.below(static_cast<std::uint32_t>(bytes.size()))] =
                static_cast<std::uint8_t>(random_.below(256));
        return bytes;
    }
    switch (random_.below(3)) {
        case 0:  // the right beginning, and then nothing that was ever sent
            for (std::size_t i = 0; i < bytes.size(); ++i)
                if (i >= 4) bytes[i] = static_cast<std::uint8_t>(random_.below(256));
            bytes[3] = 0xFF;
            return bytes;
        case 1:
            bytes.resize(random_.below(static_cast<std::uint32_t>(bytes.size())));
            return bytes;
        default:
            break;
    }
    bytes.resize(random_.below(World::kMaxPacket));
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_.below(256));
    return bytes;
}

void Show::inject(What what, TimePoint until) {
    if (world_.now() >= until) return;
    const auto bytes = forge(what);
    if (!bytes.empty())
        world_.inject_everywhere({0x0AFF0001U + random_.below(6), wire::kDataPort},
                                 std::as_bytes(std::span{bytes}));
    world_.at(world_.now() + kBetweenInjections, [this, what, until] { inject(what, until); });
}

/// As a person at the first client sees it.
SourceId Show::played() const {
    return clients_[0]->running() ? clients_[0]->engine().active() : SourceId{};
}

void Show::judge_redundant() {
    const RedundantChecker checker{plan_, hosts_, *switching_, world_.now()};
    for (unsigned i = 0; i < clients_.size(); ++i)
        for (const auto& wrong : checker.check(*clients_[i])) blame(i, wrong);
}

/// One who plays nobody differs from all; one whose source played nothing was not compared.
void Show::compare(const ClientBox& client) {
    if (!client.running()) return;
    const auto active = client.engine().active().value;
    if (active > 0 && !hosts_[active - 1]->has_played()) return;
    ++endings_.compared;
    if (!check_state(client, hosts_, kFresh, world_.now()).empty()) ++endings_.different;
}

void Show::judge() {
    for (const auto& client : clients_) compare(*client);
    if (switching_) return judge_redundant();
    for (unsigned i = 0; i < clients_.size(); ++i) judge_client(i);
}

void Show::judge_client(unsigned index) {
    const auto& client = *clients_[index];
    auto wrong = check_markers(client, hosts_);
    blame(index, wrong);
    blame(index, check_state(client, hosts_, must_sound(client, plan_), world_.now()));
    const bool immediate = plan_.jitter_buffer == Duration{} && !plan_.piece.long_sysex &&
                           std::none_of(plan_.faults.begin(), plan_.faults.end(),
                                        [](const Fault& f) { return f.what == What::PortFull; });
    if (immediate && wrong.empty()) blame(index, check_windows(client, hosts_));
    if (!plan_.is_exact()) return;
    blame(index, check_counters(client, plan_));
    for (const auto& host : hosts_)
        if (heard_all(client, plan_) && host->id() == client.engine().active().value)
            blame(index, check_exact(client, *host->performance(host->epoch())));
}

std::string Show::counters() const {
    std::string text;
    for (const auto& client : clients_) {
        const auto* stream = client->engine().stream_of(client->engine().active());
        if (stream == nullptr) continue;
        const auto& c = stream->counters();
        const auto& counts = client->engine().counts();
        const auto& output = client->engine().output_counters();
        text += "  client of source " + std::to_string(client->engine().active().value) +
                ": delivered " + std::to_string(c.delivered) + ", lost " + std::to_string(c.lost) +
                ", repaired " + std::to_string(c.repaired) + ", nacks " + std::to_string(c.nacks) +
                ", journals " + std::to_string(c.journals) + ", mismatches " +
                std::to_string(c.digest_mismatches) + ", epochs " + std::to_string(c.epochs) +
                ", corrections " + std::to_string(client->engine().corrections()) + ", switches " +
                std::to_string(counts.switches) + ", silences " + std::to_string(counts.silences) +
                ", whole " + std::to_string(stream->whole()) + ", full " +
                std::to_string(output.port_full) + ", absent " +
                std::to_string(output.port_absent) + ", SysEx lost " +
                std::to_string(output.sysex_lost) + "\n";
    }
    return text;
}

}  // namespace

std::vector<std::string> run_show(const Plan& plan, std::string* say, Endings* endings) {
    Show show{plan};
    auto violations = show.run();
    if (endings != nullptr) *endings = show.endings();
    if (say != nullptr) *say += describe(plan) + show.counters();
    return violations;
}

}  // namespace midinet::simtest
