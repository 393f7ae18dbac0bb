#include "checker.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace midinet::simtest {
namespace {

bool same(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

const Performance* find(const Hosts& hosts, const Marker& marker) {
    for (const auto& host : hosts)
        if (host->id() == marker.source) return host->performance(marker.epoch);
    return nullptr;
}

std::string on_port(unsigned port, const std::string& what) {
    return what + " on port " + std::to_string(port + 1);
}

std::string name(const Marker& m) {
    return "SysEx " + std::to_string(m.number) + " of source " + std::to_string(m.source) +
           " epoch " + std::to_string(m.epoch);
}

std::string out_of_order(const Marker& before, const Marker& marker) {
    if (before.epoch > marker.epoch)
        return "I7: " + name(marker) + " after epoch " + std::to_string(before.epoch);
    return before.epoch == marker.epoch && before.number >= marker.number
               ? "I2: too late: " + name(marker)
               : "";
}

std::string check_markers_on(const Tape& tape, unsigned port, const Hosts& hosts, bool ordered) {
    std::map<unsigned, Marker> last;
    std::set<std::array<unsigned, 3>> seen;
    for (std::size_t i = 0; i < tape.size(); ++i) {
        if (!Marker::is(tape[i])) continue;
        const Marker marker{tape[i]};
        const auto* performance = find(hosts, marker);
        if (performance == nullptr || marker.port != port)
            return "I2: unknown SysEx " + hex(tape[i]);
        const auto& played = performance->ports[port].music;
        const auto at = performance->find(port, marker.number);
        if (at == played.size()) return "I2: " + name(marker) + " was never played";
        if (!same(played[at], tape[i]))
            return "I2: " + name(marker) + " was changed: " + hex(played[at]) + " -> " +
                   hex(tape[i]);
        if (!seen.insert({marker.source, marker.epoch, marker.number}).second)
            return "I1: twice: " + name(marker);
        const auto before = last.find(marker.source);
        auto wrong =
            ordered && before != last.end() ? out_of_order(before->second, marker) : std::string{};
        if (!wrong.empty()) return wrong;
        last.insert_or_assign(marker.source, marker);
    }
    return {};
}

/// Where two neighbouring markers stand on a client's tape.
struct Window {
    std::size_t from;
    std::size_t to;
};

std::string check_window(const Tape& told, Window window, const Performance& performance,
                         unsigned port) {
    const Marker first{told[window.from]};
    const auto& played = performance.ports[port].music;
    auto at = performance.find(port, first.number);
    for (auto i = window.from; i <= window.to; ++i, ++at)
        if (at == played.size() || !same(played[at], told[i]))
            return "I1/I2: after " + name(first) + " " + hex(told[i]) + "instead of " +
                   (at == played.size() ? "nothing" : hex(played[at]));
    return {};
}

std::string check_windows_on(const Tape& tape, unsigned port, const Hosts& hosts) {
    std::optional<std::size_t> before;
    for (std::size_t i = 0; i < tape.size(); ++i) {
        if (!Marker::is(tape[i])) continue;
        const Marker marker{tape[i]};
        if (before && tape.entry(*before).trouble == tape.entry(i).trouble &&
            Marker{tape[*before]}.source == marker.source &&
            Marker{tape[*before]}.epoch == marker.epoch) {
            auto wrong = check_window(tape, {*before, i}, *find(hosts, marker), port);
            if (!wrong.empty()) return wrong;
        }
        before = i;
    }
    return {};
}

std::string check_tape(const Tape& told, const Tape& played) {
    for (std::size_t i = 0; i < std::max(told.size(), played.size()); ++i) {
        if (i >= told.size()) return "I5: lost: " + hex(played[i]) + "message " + std::to_string(i);
        if (i >= played.size())
            return "I1: too much: " + hex(told[i]) + "message " + std::to_string(i);
        if (!same(told[i], played[i]))
            return "I2: message " + std::to_string(i) + " is " + hex(told[i]) + "instead of " +
                   hex(played[i]);
    }
    return {};
}

std::array<int, 8> count_realtime(const Tape& tape) {
    std::array<int, 8> count{};
    for (std::size_t i = 0; i < tape.size(); ++i) ++count[tape[i][0] & 7U];
    return count;
}

template <typename Check>
std::string each_port(Check check) {
    for (unsigned port = 0; port < kMostPorts; ++port) {
        auto wrong = check(port);
        if (!wrong.empty()) return on_port(port, wrong);
    }
    return {};
}

}  // namespace

bool heard_all(const ClientBox& client, const Plan& plan) {
    constexpr Duration kHearsBoth = 10ms;
    return client.started() + (plan.hosts > 1 ? kHearsBoth : Duration{}) <= plan.music_from;
}

std::string check_markers(const ClientBox& client, const Hosts& hosts, bool ordered) {
    return each_port([&](unsigned port) {
        return check_markers_on(client.ports()[port].music, port, hosts, ordered);
    });
}

std::string check_windows(const ClientBox& client, const Hosts& hosts) {
    return each_port(
        [&](unsigned port) { return check_windows_on(client.ports()[port].music, port, hosts); });
}

std::string check_exact(const ClientBox& client, const Performance& performance) {
    return each_port([&](unsigned port) -> std::string {
        const auto& told = client.ports()[port];
        const auto& played = performance.ports[port];
        auto wrong = check_tape(told.music, played.music);
        if (!wrong.empty()) return wrong;
        if (count_realtime(told.realtime) != count_realtime(played.realtime))
            return "I1/I5: another number of real-time messages";
        return {};
    });
}

Duration must_sound(const ClientBox& client, const Plan& plan) {
    return plan.is_exact() && heard_all(client, plan) ? Duration::max() : kFresh;
}

std::string check_state(const ClientBox& client, const Hosts& hosts, Duration must_sound,
                        TimePoint now) {
    const auto& engine = client.engine();
    const HostBox* active = nullptr;
    for (const auto& host : hosts)
        if (host->id() == engine.active().value) active = host.get();
    if (active == nullptr) return "I3: no host is followed";
    const auto* stream = engine.stream_of(engine.active());
    if (stream == nullptr || stream->epoch().value != active->epoch())
        return "I7: epoch " + std::to_string(stream != nullptr ? stream->epoch().value : 0) +
               " is played instead of " + std::to_string(active->epoch());
    const auto& heard = *active->heard_by(active->epoch());
    const auto* shared = active->shared();  // another mirror may hold more of it
    return each_port([&](unsigned port) -> std::string {
        auto wrong = heard.ports[port].model.difference(
            client.ports()[port].model,
            {must_sound, shared != nullptr ? &shared->ports[port].model : nullptr}, now);
        return wrong.empty() ? wrong : "I3: " + wrong;
    });
}

std::string check_counters(const ClientBox& client, const Plan& plan) {
    const auto& counts = client.engine().counts();
    if (counts.silences > 0) return "I6: a living host was declared silent";
    if (counts.switches > (plan.hosts > 1 ? 1U : 0U)) return "I6: switched without a reason";
    const auto* stream = client.engine().stream_of(client.engine().active());
    if (stream == nullptr) return "I5: nothing heard";
    if (stream->counters().lost > 0) return "I5: lost " + std::to_string(stream->counters().lost);
    if (stream->counters().lost_fragments > 0) return "I5: lost fragments";
    if (heard_all(client, plan) && client.engine().corrections() > 0)
        return "I5: corrected what was right";
    return {};
}

std::string check_silence(const ClientBox& client) {
    return each_port([&](unsigned port) -> std::string {
        const auto sounding = client.ports()[port].model.sounding();
        return sounding == 0 ? "" : "I4: " + std::to_string(sounding) + " notes sound with no host";
    });
}

}  // namespace midinet::simtest
