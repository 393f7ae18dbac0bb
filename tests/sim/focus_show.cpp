#include "focus_show.hpp"

#include "focus_boxes.hpp"
#include "focus_checker.hpp"

#include <fmt/core.h>

#include <array>

namespace midinet::simtest {
namespace {

using platform::sim::World;

constexpr unsigned kHosts = 2;
constexpr unsigned kClients = 3;
constexpr unsigned kOperations = 1000;
constexpr unsigned kUnderAChoice = 100;
/// Until everybody agrees once more: a gone one is missed, a claim's pause, and some losses.
constexpr Duration kCalm = 10s;
constexpr std::size_t kClientBitByte = 8;  ///< of a datagram: the sender's highest byte
constexpr std::size_t kKindByte = 3;

class FocusShow {
  public:
    explicit FocusShow(std::uint64_t seed) : random_(seed), world_(seed * 2 + 1), person_(world_) {
        const auto beat = random_.chance(0.2) ? Duration{3ms} : Duration{15ms};
        for (unsigned id = 1; id <= kHosts; ++id) {
            hosts_.push_back(std::make_unique<FocusHostBox>(world_, id, beat, checker_));
            boxes_.push_back(hosts_.back().get());
        }
        for (unsigned number = 1; number <= kClients; ++number) {
            clients_.push_back(std::make_unique<FocusClientBox>(world_, number));
            clients_.back()->after_turn = [this] { look(); };
            boxes_.push_back(clients_.back().get());
        }
        world_.set_paths(
            [this](std::uint32_t from, std::uint32_t to) { return cell_of(from) == cell_of(to); });
        world_.tap([this](ByteView datagram) { on_datagram(datagram); });
        for (auto* box : boxes_) box->start();
    }

    void run() {
        for (unsigned n = 0; n < kOperations; ++n) {
            operate(random_.below(100));
            pass(random_.chance(0.005) ? Duration{random_.below(5000) * 1ms}
                                       : Duration{random_.below(80) * 1ms});
        }
        calm_down();
        expect_agreement();
        stand_by_a_choice();
        expect_lights();
    }
    const FocusChecker& checker() const noexcept { return checker_; }

  private:
    FocusClientBox& any_client() { return *clients_[random_.below(kClients)]; }
    FocusHostBox& any_host() { return *hosts_[random_.below(kHosts)]; }
    FocusBox& any_box() { return *boxes_[random_.below(kHosts + kClients)]; }

    void pass(Duration time) {
        world_.run_until(world_.now() + time);
        look();
    }

    unsigned cell_of(std::uint32_t address) const {
        for (const auto* box : boxes_)
            if (box->has(address)) return box->cell;
        return person_.cell;
    }

    /// What is true of all clients now.
    void look() {
        std::vector<SeatView> seats;
        for (unsigned i = 0; i < kClients; ++i) {
            auto& client = *clients_[i];
            if (!client.running()) continue;
            seats.push_back({client.id(), &client.seat()});
            if (hears_a_host(client)) hearing_[i] = world_.now();
            if (client.seat().holds(world_.now()))
                checker_.on_feedback(client.id(), hearing_[i], world_.now());
        }
        checker_.on_seats(seats, world_.now());
    }

    bool hears_a_host(const FocusClientBox& client) const {
        return std::any_of(hosts_.begin(), hosts_.end(), [&](const auto& host) {
            return host->running() && host->cell == client.cell;
        });
    }

    /// Feedback is what clients multicast of a stream: Data, Bulk and Heartbeat.
    void on_datagram(ByteView datagram) {
        const auto kind = static_cast<wire::PacketKind>(datagram[kKindByte]);
        const bool stream = kind == wire::PacketKind::Data || kind == wire::PacketKind::Bulk ||
                            kind == wire::PacketKind::Heartbeat;
        if (!stream || (datagram[kClientBitByte] & std::byte{0x80}) == std::byte{}) return;
        const auto number = static_cast<unsigned>(datagram[kClientBitByte + 7]);
        auto& client = *clients_.at(number - 1);
        if (hears_a_host(client)) hearing_.at(number - 1) = world_.now();
        checker_.on_feedback(client.id(), hearing_.at(number - 1), world_.now());
    }

    void operate(unsigned dice) {
        auto& client = any_client();
        if (dice < 30) {
            if (client.running()) client.light_up(random_.below(100), random_.below(4) * 40);
        } else if (dice < 40) {
            if (client.running()) client.claim();
        } else if (dice < 52) {
            if (client.running()) client.release();
        } else if (dice < 58) {
            if (client.running()) client.set_auto_claim(random_.chance(0.7));
        } else if (dice < 66) {
            choose();
        } else {
            disturb(dice, client);
        }
    }

    void choose() {
        if (person_.asking()) return;
        const bool ends = random_.chance(0.6);
        const auto whom = ends || random_.chance(0.2) ? SenderId{} : any_client().id();
        person_.choose(whom, ends, random_);
    }

    void disturb(unsigned dice, FocusClientBox& client) {
        if (dice < 72)
            client.kill();
        else if (dice < 75) {
            if (client.running()) client.shut_down();
        } else if (dice < 84) {
            if (!client.running()) client.start();
        } else if (dice < 86)
            any_host().kill();
        else if (dice < 91) {
            if (auto& host = any_host(); !host.running()) host.start();
        } else if (dice < 92)
            fall_apart();
        else if (dice < 96)
            heal();
        else if (dice < 97)
            any_box().stall_until(world_.now() + Duration{random_.below(5000) * 1ms});
        else if (dice < 99)
            change_weather();
        else if (auto& host = any_host(); host.running())
            host.replug();
    }

    void fall_apart() {
        for (auto* box : boxes_) box->cell = random_.below(2);
        person_.cell = random_.below(2);
    }
    void heal() {
        for (auto* box : boxes_) box->cell = 0;
        person_.cell = 0;
    }
    void change_weather() {
        auto& weather = world_.weather(0);
        weather.loss = random_.chance(0.3) ? 0 : 0.3 * random_.unit();
        weather.duplicate = 0.2 * random_.unit();
        weather.reorder = 0.3 * random_.unit();
        weather.reorder_by = Duration{random_.below(30) * 1ms};
    }

    void calm_down() {
        heal();
        world_.weather(0) = {};
        for (auto* box : boxes_) box->stall_until({});
        pass(1s);  // those that were ending have ended
        for (auto* box : boxes_)
            if (!box->running()) box->start();
        for (auto& client : clients_) client->set_auto_claim(true);
        pass(kCalm);
    }

    void expect_agreement() {
        const auto focus = hosts_[0]->focus();
        for (auto& host : hosts_)
            if (host->focus() != focus)
                checker_.fail(world_.now(), "hosts differ: " + to_words(focus) + " and " +
                                                to_words(host->focus()));
        unsigned holders = 0;
        for (auto& client : clients_) {
            if (client->seat().focus() != focus)
                checker_.fail(world_.now(), "a client believes in " +
                                                to_words(client->seat().focus()) + ", hosts in " +
                                                to_words(focus));
            if (client->seat().holds(world_.now())) ++holders;
        }
        const unsigned expected = focus.holder.value != 0 ? 1 : 0;
        if (holders != expected || (!focus.manual && holders == 0))
            checker_.fail(world_.now(), fmt::format("{} holders; {}", holders, to_words(focus)));
    }

    /// Chooses, and lets everything happen but another choice, and but what makes everybody forget:
    /// one box at a time.
    void stand_by_a_choice() {
        const auto chosen = random_.chance(0.2) ? SenderId{} : any_client().id();
        if (!decide(chosen, false)) return;
        for (unsigned n = 0; n < kUnderAChoice; ++n) {
            auto& client = any_client();
            switch (random_.below(4)) {
                case 0:
                    client.claim();
                    break;
                case 1:
                    client.release();
                    break;
                default:
                    trouble_one();
            }
            pass(Duration{random_.below(60) * 1ms});
        }
        pass(kCalm);
        expect_agreement();
        const auto focus = hosts_[0]->focus();
        if (!focus.manual || focus.holder != chosen)
            checker_.fail(world_.now(), "the choice by hand is gone: " + to_words(focus));
    }

    void trouble_one() {
        auto& box = any_box();
        const Duration how_long{random_.below(4500) * 1ms};
        if (random_.chance(0.9)) return;
        if (random_.chance(0.5)) {
            box.kill();
            pass(how_long);
            box.start();
        } else {
            box.cell = 1;
            pass(how_long);
            box.cell = 0;
        }
        pass(2s);
    }

    bool decide(SenderId client, bool ends) {
        person_.choose(client, ends, random_);
        pass(kCalm / 2);
        if (!person_.succeeded())
            checker_.fail(world_.now(), "a choice by hand was not carried out");
        return person_.succeeded();
    }

    /// In the end the devices show what the holder's application wants.
    void expect_lights() {
        if (!decide({}, true)) return;
        pass(kCalm);
        expect_agreement();
        for (auto& client : clients_)
            for (unsigned note = 100; note < 105; ++note) client->light_up(note, 5);
        pass(1s);
        const auto holder = hosts_[0]->focus().holder;
        for (auto& client : clients_)
            for (auto& host : hosts_)
                if (client->id() == holder) compare(host->lights(), client->wanted());
    }

    void compare(const Lights& shown, const Lights& wanted) {
        for (const auto& [key, velocity] : shown)
            if (!wanted.contains(key))
                checker_.fail(world_.now(),
                              fmt::format("a light of client {} that nobody wants: {}",
                                          key.first + 1, key.second));
        for (const auto& [key, velocity] : wanted)
            if (const auto found = shown.find(key);
                found == shown.end() || found->second != velocity)
                checker_.fail(world_.now(), fmt::format("a light of client {} is not as wanted: {}",
                                                        key.first + 1, key.second));
    }

    Random random_;
    World world_;
    FocusChecker checker_;
    FocusPerson person_;
    std::vector<std::unique_ptr<FocusHostBox>> hosts_;
    std::vector<std::unique_ptr<FocusClientBox>> clients_;
    std::vector<FocusBox*> boxes_;
    std::array<TimePoint, kClients> hearing_{};  ///< when each last could hear a host
};

}  // namespace

std::vector<std::string> run_focus_show(std::uint64_t seed, FocusCounts* counts) {
    FocusShow show(seed);
    show.run();
    const auto& checker = show.checker();
    if (counts != nullptr) {
        counts->operations += kOperations + kUnderAChoice;
        counts->terms += checker.terms();
        counts->choices += checker.choices();
        counts->lit += checker.lit();
    }
    return checker.violations();
}

}  // namespace midinet::simtest
