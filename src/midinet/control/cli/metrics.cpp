#include "control/cli/metrics.hpp"

#include "control/cli/api/json_words.hpp"
#include "control/cli/table.hpp"
#include "control/report/overview.hpp"
#include "control/report/words.hpp"

#include <algorithm>

namespace midinet::control::cli {
namespace {

/// Per second, between two statuses of one box, by its own clock. 0: it is the same status, or the
/// box was started anew.
template <typename Entry>
class Rate {
  public:
    Rate(const Entry* before, const Entry& now) : before_(before), now_(now) {}
    double of(std::uint64_t (*count)(const Entry&)) const {
        if (before_ == nullptr || now_.status.uptime_ms <= before_->status.uptime_ms ||
            count(now_) < count(*before_))
            return 0;
        const auto ms = static_cast<double>(now_.status.uptime_ms - before_->status.uptime_ms);
        return static_cast<double>(count(now_) - count(*before_)) * 1000 / ms;
    }

  private:
    const Entry* before_;
    const Entry& now_;
};

JsonValue host_json(const JsonValue& told, const plane::Roster::Host* before,
                    const plane::Roster::Host& now) {
    using Host = plane::Roster::Host;
    const Rate<Host> rate(before, now);
    return {{"id", told["id"]},
            {"name", told["name"]},
            {"gone", told["gone"]},
            {"rate",
             {{"events_per_s", rate.of([](const Host& h) { return h.status.counters.events; })},
              {"retransmitted_per_s",
               rate.of([](const Host& h) { return h.status.counters.retransmitted; })}}},
            {"counters", told["counters"]}};
}

JsonValue client_json(const JsonValue& told, const plane::Roster::Client* before,
                      const plane::Roster::Client& now) {
    using Client = plane::Roster::Client;
    const Rate<Client> rate(before, now);
    return {
        {"id", told["id"]},
        {"name", told["name"]},
        {"gone", told["gone"]},
        {"rate",
         {{"played_per_s", rate.of([](const Client& c) { return c.status.counters.played; })},
          {"lost_per_s", rate.of([](const Client& c) { return c.status.counters.lost; })},
          {"repaired_per_s", rate.of([](const Client& c) { return c.status.counters.repaired; })}}},
        {"transit_p50_us", told["transit_p50_us"]},
        {"transit_p99_us", told["transit_p99_us"]},
        {"transit_recent", told["transit_recent"]},
        {"counters", told["counters"]}};
}

}  // namespace

JsonValue midi_metrics_json(const plane::Roster& before, const ShowView& view) {
    JsonValue hosts = JsonValue::array();
    JsonValue clients = JsonValue::array();
    double events = 0;
    double played = 0;
    double lost = 0;
    std::uint64_t all_played = 0;
    std::uint64_t all_lost = 0;
    std::uint32_t p99 = 0;
    const auto overview = overview_of(view.roster, view.now);
    for (const auto& told : hosts_json(view)) {
        const HostId id{told["id"].get<std::uint16_t>()};
        const auto* now = view.roster.host(id);
        if (now == nullptr) continue;  // only DNS-SD tells of it
        hosts.push_back(host_json(told, before.host(id), *now));
        if (overview.played.contains(SourceId{id.value}))
            events += hosts.back()["rate"]["events_per_s"].get<double>();
    }
    auto at = view.roster.clients().begin();
    for (const auto& told : clients_json(view)) {
        const auto& [id, now] = *at++;
        clients.push_back(client_json(told, before.client(id), now));
        if (now.gone(view.now)) continue;
        played += clients.back()["rate"]["played_per_s"].get<double>();
        lost += clients.back()["rate"]["lost_per_s"].get<double>();
        all_played += now.status.counters.played;
        all_lost += now.status.counters.lost;
        p99 = std::max(p99, now.transit_now().p99_us);
    }
    return {{"totals",
             {{"events_per_s", events},
              {"played_per_s", played},
              {"lost_per_s", lost},
              {"played", all_played},
              {"lost", all_lost},
              {"transit_p99_us", p99}}},
            {"hosts", hosts},
            {"clients", clients}};
}

}  // namespace midinet::control::cli
