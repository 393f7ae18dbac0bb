#include "control/plane/roster.hpp"

#include <algorithm>

namespace midinet::control::plane {
namespace {

/// The entry of `id`, or of the map's key type; nothing when it is not there.
template <typename Map>
const typename Map::mapped_type* find(const Map& map, typename Map::key_type id) {
    const auto found = map.find(id);
    return found == map.end() ? nullptr : &found->second;
}

/// Whether one more fits, after the one that was not heard for longest made place if it is gone.
template <typename Map>
bool make_room(Map& map, std::size_t most, TimePoint now) {
    if (map.size() < most) return true;
    const auto longest = std::min_element(map.begin(), map.end(), [](const auto& a, const auto& b) {
        return a.second.heard < b.second.heard;
    });
    if (!longest->second.gone(now)) return false;
    map.erase(longest);
    return true;
}

template <typename Entry, typename Status>
void refresh(Entry& entry, const Status& status, io::Endpoint from, TimePoint now) {
    entry.heard = now;
    if (entry.status == status) return;  // the copy of another network
    entry.status = status;
    entry.from = from;
}

template <typename Map>
void forget(Map& map, TimePoint now) {
    std::erase_if(map, [now](const auto& item) {
        return now - item.second.heard >= Roster::kForgottenAfter;
    });
}

template <typename Map>
std::size_t present(const Map& map, TimePoint now) {
    return static_cast<std::size_t>(std::count_if(
        map.begin(), map.end(), [now](const auto& item) { return !item.second.gone(now); }));
}

}  // namespace

RecentTransit Roster::Client::transit_now() const noexcept {
    if (transit && transit->recent) return *transit->recent;
    return {.count = status.counters.played,
            .p50_us = status.transit_p50_us,
            .p95_us = status.transit_p95_us,
            .p99_us = status.transit_p99_us};
}

bool Roster::on_message(const Message& message, io::Endpoint from, TimePoint now) {
    if (const auto* status = std::get_if<HostStatus>(&message)) return on_host(*status, from, now);
    if (const auto* status = std::get_if<ClientStatus>(&message))
        return on_client(*status, from, now);
    if (const auto* transit = std::get_if<TransitStatus>(&message)) {
        const auto found = clients_.find(transit->id);
        if (found != clients_.end()) found->second.transit = *transit;
        return found != clients_.end();
    }
    return false;
}

void Roster::on_timer(TimePoint now) {
    forget(hosts_, now);
    forget(clients_, now);
}

const Roster::Host* Roster::host(HostId id) const { return find(hosts_, id); }
const Roster::Client* Roster::client(SenderId id) const { return find(clients_, id); }
std::size_t Roster::hosts_present(TimePoint now) const { return present(hosts_, now); }
std::size_t Roster::clients_present(TimePoint now) const { return present(clients_, now); }

bool Roster::on_host(const HostStatus& status, io::Endpoint from, TimePoint now) {
    const auto found = hosts_.find(status.id);
    if (found != hosts_.end()) {
        if (status.epoch < found->second.status.epoch && !found->second.gone(now)) {
            ++outdated_;
            return false;
        }
        refresh(found->second, status, from, now);
        return true;
    }
    if (!make_room(hosts_, kMaxHosts, now)) {
        ++refused_;
        return false;
    }
    hosts_.emplace(status.id, Host{status, from, now});
    return true;
}

bool Roster::on_client(const ClientStatus& status, io::Endpoint from, TimePoint now) {
    const auto found = clients_.find(status.id);
    if (found != clients_.end()) {
        const bool anew = status.uptime_ms < found->second.status.uptime_ms;
        if (anew) found->second.transit.reset();  // of its last run
        refresh(found->second, status, from, now);
        return true;
    }
    if (!make_room(clients_, kMaxClients, now)) {
        ++refused_;
        return false;
    }
    clients_.emplace(status.id, Client{{status, from, now}, std::nullopt});
    return true;
}

}  // namespace midinet::control::plane
