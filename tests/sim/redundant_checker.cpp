#include "redundant_checker.hpp"

#include <algorithm>

namespace midinet::simtest {
namespace {

using What = Fault::What;

/// A detection, three beats and a third, and a datagram's way.
constexpr Duration kDetection = 11ms;
/// A host that no other follows is given this long.
constexpr Duration kLonePatience = 100ms;
/// What was sent has arrived by then, and was played.
constexpr Duration kArrived = 4ms;
/// From the news of a host to the client that acts on it.
constexpr Duration kNews = 40ms;
/// The preferred host is returned to after it lived for a second.
constexpr Duration kReturn = 1100ms;
/// By then a mirror's place is known.
constexpr Duration kPlaced = 250ms;
/// By then a client has heard every host that lives: three heartbeats.
constexpr Duration kAcquaintance = 9ms;
/// A death that is over sooner may not have been noticed.
constexpr Duration kNoticed = 20ms;

bool ends(BytesView m, unsigned note) {
    if (m[0] == 0xFF) return true;
    if (m[0] >= 0xF0 || (m[0] & 0x0FU) != note / 128) return false;
    const auto kind = m[0] & 0xF0U;
    if (kind == 0xB0) return m[1] == 120 || m[1] >= 123;
    return m[1] == note % 128 && (kind == 0x80 || (kind == 0x90 && m[2] == 0));
}

bool touches(BytesView m, unsigned note) {
    return ends(m, note) ||
           ((m[0] & 0xF0U) == 0x90 && (m[0] & 0x0FU) == note / 128 && m[1] == note % 128);
}

std::vector<Bytes> slice(const Tape& tape, std::size_t from, std::size_t count) {
    std::vector<Bytes> messages;
    for (auto i = from; i < std::min(tape.size(), from + count); ++i)
        messages.emplace_back(tape[i].begin(), tape[i].end());
    std::sort(messages.begin(), messages.end());
    return messages;
}

/// One port: each epoch's music in full, and after each but the last, if it was killed, what ends
/// its notes.
std::string check_epochs_on(const Tape& told, const HostBox& source, unsigned port) {
    std::size_t at = 0;
    for (unsigned epoch = 1; epoch <= source.epoch(); ++epoch) {
        const auto& played = source.performance(epoch)->ports[port];
        for (std::size_t i = 0; i < played.music.size(); ++i, ++at) {
            if (at == told.size()) return "0 lost: nothing instead of " + hex(played.music[i]);
            if (!std::ranges::equal(told[at], played.music[i]))
                return "0 lost: " + hex(told[at]) + "instead of " + hex(played.music[i]) +
                       "message " + std::to_string(i) + " of epoch " + std::to_string(epoch);
        }
        if (epoch == source.epoch()) break;
        auto releases = played.model.releases();
        std::sort(releases.begin(), releases.end());
        if (slice(told, at, releases.size()) != releases)
            return "I4: epoch " + std::to_string(epoch) + " was not ended as it should";
        at += releases.size();
    }
    return at == told.size() ? "" : "0 doubled: too much: " + hex(told[at]);
}

}  // namespace

bool RedundantChecker::has(What what) const {
    return std::any_of(plan_.faults.begin(), plan_.faults.end(),
                       [&](const Fault& fault) { return fault.what == what; });
}

bool RedundantChecker::dies(unsigned host) const {
    return std::any_of(plan_.faults.begin(), plan_.faults.end(), [&](const Fault& fault) {
        return (fault.what == What::KillHost || fault.what == What::ShutdownHost) &&
               fault.who + 1 == host;
    });
}

std::vector<std::string> RedundantChecker::check(const ClientBox& client) const {
    std::vector<std::string> wrong{check_markers(client, hosts_, keeps_order())};
    // Where mirrors die all at once, none of them need know every note that is held.
    const bool forgets = plan_.topology == Topology::Mirror && plan_.deaths == Deaths::Anywhere;
    wrong.push_back(check_state(client, hosts_, forgets ? Duration{} : kFresh, now_));
    wrong.push_back(check_music(client));
    wrong.push_back(check_engine(client));
    const auto host = expected(client);
    if (host != 0 && client.engine().active().value != host)
        wrong.push_back("host " + std::to_string(client.engine().active().value) +
                        " is played instead of " + std::to_string(host));
    std::erase_if(wrong, [](const std::string& text) { return text.empty(); });
    return wrong;
}

std::string RedundantChecker::check_music(const ClientBox& client) const {
    auto wrong = heard_all(client, plan_) ? check_all_heard(client) : std::string{};
    if (!wrong.empty()) return wrong;
    const bool immediate = plan_.jitter_buffer == Duration{} && !plan_.piece.long_sysex;
    return immediate && keeps_order() && began_in_peace(client) ? check_windows(client, hosts_)
                                                                : "";
}

/// Mirrors are each other's reserve once the client knows their places.
bool RedundantChecker::began_in_peace(const ClientBox& client) const {
    const auto began = client.started();
    return plan_.topology != Topology::Mirror ||
           std::none_of(plan_.faults.begin(), plan_.faults.end(), [&](const Fault& fault) {
               return (fault.what == What::KillHost || fault.what == What::ShutdownHost) &&
                      fault.at + fault.lasts >= began && fault.at <= began + kPlaced;
           });
}

std::string RedundantChecker::check_all_heard(const ClientBox& client) const {
    if (!plan_.fair_networks || plan_.deaths == Deaths::Anywhere) return {};
    if (plan_.topology == Topology::Mirror && plan_.deaths == Deaths::OfOne)
        return check_exact(client, *hosts_[0]->shared());
    const bool relayed = plan_.topology == Topology::Relay && !plan_.relay_has_device;
    if (relayed && !plan_.piece.long_sysex && (client.reaches(1) || !dies(2)))
        return check_epochs(client, *hosts_[0]);
    return {};
}

/// Of mirrors one must always be there that was heard all the time; path/mirror/pairing.hpp.
bool RedundantChecker::keeps_order() const {
    return plan_.topology != Topology::Mirror ||
           (plan_.fair_networks && plan_.deaths == Deaths::OfOne);
}

std::string RedundantChecker::check_epochs(const ClientBox& client, const HostBox& source) const {
    for (unsigned port = 0; port < kMostPorts; ++port) {
        auto wrong = check_epochs_on(client.ports()[port].music, source, port);
        if (!wrong.empty()) return wrong + " on port " + std::to_string(port + 1);
    }
    return {};
}

/// Whether no host died, or said goodbye, before a client that began then had heard them all.
bool RedundantChecker::knew_all(const ClientBox& client) const {
    return std::none_of(plan_.faults.begin(), plan_.faults.end(), [&](const Fault& fault) {
        return (fault.what == What::KillHost || fault.what == What::ShutdownHost) &&
               std::chrono::abs(fault.at - client.started()) <= kAcquaintance;
    });
}

/// While one host always lives, none is missed; while one mirror does, nothing is to be mended.
std::string RedundantChecker::check_engine(const ClientBox& client) const {
    if (!plan_.fair_networks || plan_.deaths == Deaths::Anywhere) return {};
    const auto& engine = client.engine();
    const bool followed = plan_.topology == Topology::Mirror ||
                          (plan_.topology == Topology::Standby && !has(What::Disarm));
    if (followed && knew_all(client) && engine.counts().silences > 0)
        return "I6: silent while another host was there";
    const bool mended = plan_.topology == Topology::Mirror && plan_.deaths == Deaths::OfOne &&
                        keeps_order() && heard_all(client, plan_) && engine.corrections() > 0;
    return mended ? "I5: corrected what was right" : "";
}

/// Whether the client can have heard `host` all the time since then.
bool RedundantChecker::is_there(const ClientBox& client, unsigned host, TimePoint since) const {
    const auto up = [&](unsigned id) {
        return hosts_[id - 1]->running() && hosts_[id - 1]->up_since() <= since;
    };
    return plan_.has_device(host) && up(host) && (client.reaches(host) || up(2));
}

unsigned RedundantChecker::next_best(const ClientBox& client, TimePoint since) const {
    for (unsigned host = 1; host <= plan_.hosts; ++host)
        if (is_there(client, host, since)) return host;
    return 0;
}

/// Whether that host died and came back when nobody returned to it any more.
bool RedundantChecker::left_for_good(const ClientBox& client, unsigned host) const {
    return std::any_of(plan_.faults.begin(), plan_.faults.end(), [&](const Fault& fault) {
        return (fault.what == What::KillHost || fault.what == What::ShutdownHost) &&
               fault.who + 1 == host && fault.lasts >= kNoticed &&
               fault.at >= client.started() + kReturn;
    });
}

unsigned RedundantChecker::expected(const ClientBox& client) const {
    if (!plan_.fair_networks || has(What::StallHost) || has(What::StallClient) || has(What::Unplug))
        return 0;
    const auto appointed = switching_.in_force();
    if (appointed.term > 0) {
        if (is_there(client, appointed.source.value, switching_.switched_at() - kNews))
            return appointed.source.value;
    } else if (plan_.topology == Topology::Relay && !plan_.relay_has_device) {
        return is_there(client, 1, now_ - kNews) ? 1 : 0;
    } else if (plan_.deaths == Deaths::OfOne && !plan_.returns && !has(What::Disarm) &&
               client.reaches(1) && left_for_good(client, 1)) {
        return next_best(client, TimePoint{Duration{1s}});
    }
    if (!plan_.returns) return 0;
    // All that are there are there for long enough: the preferred one is played.
    for (unsigned host = 1; host <= plan_.hosts; ++host)
        if (plan_.has_device(host) && !is_there(client, host, now_ - kReturn)) return 0;
    // An appointment of one that has nothing to play is void.
    return appointed.term > 0 && plan_.has_device(appointed.source.value) ? appointed.source.value
                                                                          : 1;
}

void Vigil::begin(unsigned host) {
    const bool watched =
        plan_.fair_networks && plan_.topology != Topology::Mirror &&
        std::none_of(plan_.faults.begin(), plan_.faults.end(), [](const Fault& fault) {
            return fault.what == What::StallHost || fault.what == What::StallClient;
        });
    if (!watched) return;
    const auto killed = world_.now();
    world_.at(killed + kArrived, [this, host, killed] { look(host, killed); });
}

void Vigil::look(unsigned host, TimePoint killed) {
    bool disarmed = false;
    bool zombies = false;
    for (const auto& fault : plan_.faults) {
        disarmed |= fault.what == What::Disarm;
        zombies |= fault.what == What::Zombies;
    }
    for (unsigned i = 0; i < clients_.size(); ++i) {
        const auto& client = *clients_[i];
        if (!client.running() || client.engine().active().value != host) continue;
        // What was said before the death and comes after it is news to one out of the host's reach.
        if (zombies && !client.reaches(host)) continue;
        const bool followed =
            !disarmed && plan_.topology == Topology::Standby &&
            plan_.deaths != Deaths::Anywhere &&  // else the next one may die at once
            std::any_of(hosts_.begin(), hosts_.end(), [&](const auto& other) {
                return other->id() != host && other->running() && other->up_since() < killed;
            });
        // A gap that was seen lately, however it came about, makes one half as long again bearable.
        const auto detection = std::max(
            kDetection, client.engine().limit({static_cast<std::uint16_t>(host)}) + kArrived);
        const auto patience =
            detection + plan_.jitter_buffer + (followed ? Duration{} : kLonePatience);
        for (unsigned port = 0; port < kMostPorts; ++port) {
            const auto& log = client.ports()[port];
            const Held held{i, client.started(), port, log.music.size(), log.model.notes_on()};
            world_.at(killed + patience, [this, held, host, killed] { judge(held, host, killed); });
        }
    }
}

/// Whether another host holds that note, or its player's hands are on it.
bool Vigil::others_play(unsigned port, unsigned note, unsigned host, TimePoint since) const {
    for (const auto& other : hosts_) {
        if (other->id() == host && other->epoch() == 1) continue;
        // The notes of one that died and returned a moment ago may sound on for as long again.
        const bool returned = other->up_since() > since;
        for (auto epoch = other->epoch() - (returned ? 1 : 0); epoch <= other->epoch(); ++epoch) {
            const auto* performance = other->performance(epoch);
            if (performance == nullptr) continue;
            const auto& log = performance->ports[port];
            if (log.model.is_on(note)) return true;
            for (auto i = log.music.size(); i-- > 0 && log.music.entry(i).at >= since;)
                if (touches(log.music[i], note)) return true;
        }
    }
    return false;
}

void Vigil::judge(const Held& held, unsigned host, TimePoint killed) {
    const auto& client = *clients_[held.client];
    if (!client.running() || client.started() != held.started) return;
    const auto& tape = client.ports()[held.port].music;
    for (const auto note : held.notes) {
        bool ended = false;
        for (auto i = held.from; i < tape.size() && !ended; ++i) ended = ends(tape[i], note);
        if (ended || others_play(held.port, note, host, killed - kArrived)) continue;
        violations_.push_back("client " + std::to_string(held.client) + ": I4: note " +
                              std::to_string(note % 128) + " of host " + std::to_string(host) +
                              ", killed at " + std::to_string(to_ms(killed.time_since_epoch())) +
                              " ms, still sounds");
    }
}

}  // namespace midinet::simtest
