#include "admin/show/rehearsals.hpp"

#include "control/report/overview.hpp"

#include <algorithm>
#include <array>

namespace midinet::admin {

namespace plane = control::plane;
using control::held_left;

std::string_view to_string(RehearsalOutcome outcome) noexcept {
    static constexpr std::array<std::string_view, 5> kWords{"waiting", "moved", "untouched",
                                                            "stayed", "gone"};
    return kWords[static_cast<std::size_t>(outcome)];
}

namespace {

/// Whether the client's last change of source came of this: the host was silent then. A status
/// tells in milliseconds how long ago that was, and may be on its way for some more.
bool is_of(const plane::LastSwitch& last, TimePoint heard, const Rehearsal& rehearsal) {
    constexpr Duration kTolerance = 50ms;
    const auto at = heard - std::chrono::milliseconds(last.ago_ms);
    return last.from.value == rehearsal.host.value && at >= rehearsal.began - kTolerance &&
           at <= rehearsal.ended + kTolerance;
}

void look_at(RehearsedClient& client, const plane::Roster::Client* known,
             const Rehearsal& rehearsal, TimePoint now) {
    if (client.outcome == RehearsalOutcome::Moved) return;  // where it goes afterwards is no loss
    if (known == nullptr || known->gone(now)) {
        client.outcome = RehearsalOutcome::Gone;
        return;
    }
    const auto& status = known->status;
    const auto& last = status.last_switch;
    if (client.before.value != rehearsal.host.value) {
        client.outcome = RehearsalOutcome::Untouched;
    } else if (last && is_of(*last, known->heard, rehearsal)) {
        client.outcome = RehearsalOutcome::Moved;
        client.to = last->to;
        client.took_us = last->took_us;
    } else if (now - rehearsal.began >= Rehearsals::kStayedAfter || !rehearsal.running) {
        client.outcome = RehearsalOutcome::Stayed;
    }
}

void count(RehearsedClient& client, const plane::ClientCounters& counters) {
    client.lost = counters.lost - std::min(counters.lost, client.lost_before);
    client.silences = counters.silences - std::min(counters.silences, client.silences_before);
}

void follow(Rehearsal& rehearsal, const plane::Roster& roster, TimePoint now) {
    for (auto& [id, client] : rehearsal.clients) {
        const auto* known = roster.client(id);
        look_at(client, known, rehearsal, now);
        if (known != nullptr) count(client, known->status.counters);
    }
}

}  // namespace

Rehearsal* Rehearsals::running(HostId host) noexcept {
    const auto found = std::find_if(all_.begin(), all_.end(), [host](const Rehearsal& one) {
        return one.host == host && one.running;
    });
    return found == all_.end() ? nullptr : &*found;
}

void Rehearsals::on_roster(const plane::Roster& roster, TimePoint now, std::int64_t unix_ms) {
    for (const auto& [id, host] : roster.hosts()) {
        const bool held = held_left(host, now) > Duration{0};
        auto* rehearsal = running(id);
        if (held && rehearsal == nullptr) begin(host, now, unix_ms);
        if (!held && rehearsal != nullptr) {
            rehearsal->running = false;
            rehearsal->ended = now;
        }
        if (held && rehearsal != nullptr) rehearsal->ended = now + held_left(host, now);
    }
    for (auto one = all_.begin(); one != all_.end(); ++one)
        if (counts(one, now)) follow(*one, roster, now);
    before_.clear();
    for (const auto& [id, client] : roster.clients())
        if (!client.gone(now))
            before_[id] = {.name = std::string(client.status.name.view()),
                           .before = client.status.active,
                           .lost_before = client.status.counters.lost,
                           .silences_before = client.status.counters.silences};
}

/// While it runs, and shortly after; until another one begins, whose losses are that one's.
bool Rehearsals::counts(const Place& one, TimePoint now) const {
    if (one->running) return true;
    if (now - one->ended >= kSettle) return false;
    return std::none_of(all_.cbegin(), one,
                        [one](const Rehearsal& newer) { return newer.began >= one->ended; });
}

/// A host says so at once when it begins.
void Rehearsals::begin(const plane::Roster::Host& host, TimePoint now, std::int64_t unix_ms) {
    const auto age = now - host.heard;
    Rehearsal rehearsal{.host = host.status.id,
                        .armed = host.status.failover.armed,
                        .began = host.heard,
                        .began_unix_ms = unix_ms - age.count() / 1'000'000,
                        .ended = now + held_left(host, now),
                        .clients = before_};
    all_.push_front(std::move(rehearsal));
    if (all_.size() > kMost) all_.pop_back();
}

}  // namespace midinet::admin
