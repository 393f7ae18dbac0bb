#include "admin/routes/show_routes.hpp"

#include "admin/show/health.hpp"
#include "control/report/admins.hpp"
#include "control/report/focus.hpp"
#include "control/report/words.hpp"

#include <algorithm>

namespace midinet::admin {
namespace {

namespace plane = control::plane;
using control::JsonValue;

struct Totals {
    double events_per_s = 0;  ///< of the hosts that clients play
    double played_per_s = 0;
    double lost_per_s = 0;
    std::uint64_t played = 0;
    std::uint64_t lost = 0;
    std::uint32_t transit_p99_us = 0;  ///< of the slowest client, lately
};

Totals totals_of(const Picture& picture, const DevicePicture& device) {
    Totals totals;
    const auto overview = control::overview_of(device.roster, picture.now);
    for (const auto& [id, host] : device.roster.hosts())
        if (!host.gone(picture.now) && overview.played.contains(SourceId{id.value}))
            totals.events_per_s += device.rates.of(id).events;
    for (const auto& [id, client] : device.roster.clients()) {
        if (client.gone(picture.now)) continue;
        const auto rate = device.rates.of(id);
        totals.played_per_s += rate.played;
        totals.lost_per_s += rate.lost;
        totals.played += client.status.counters.played;
        totals.lost += client.status.counters.lost;
        totals.transit_p99_us = std::max(totals.transit_p99_us, client.transit_now().p99_us);
    }
    return totals;
}

JsonValue totals_json(const Totals& totals) {
    return {{"events_per_s", totals.events_per_s},
            {"played_per_s", totals.played_per_s},
            {"lost_per_s", totals.lost_per_s},
            {"played", totals.played},
            {"lost", totals.lost},
            {"transit_p99_us", totals.transit_p99_us}};
}

JsonValue rate_json(const HostRate& rate) {
    return {{"events_per_s", rate.events}, {"retransmitted_per_s", rate.retransmitted}};
}
JsonValue rate_json(const ClientRate& rate) {
    return {{"played_per_s", rate.played},
            {"lost_per_s", rate.lost},
            {"repaired_per_s", rate.repaired}};
}

/// The host that most clients play; null: none is played.
JsonValue active_host(const control::Overview& overview) {
    JsonValue active = nullptr;
    std::size_t most = 0;
    for (const auto& [source, clients] : overview.played)
        if (source.value != 0 && clients > most) {
            most = clients;
            active = source.value;
        }
    return active;
}

class StatusRoute : public PictureRoute {
  public:
    StatusRoute(Latest latest, Imprint imprint)
        : PictureRoute(std::move(latest)), imprint_(std::move(imprint)) {}
    std::string_view path() const noexcept override { return "/api/status"; }

  private:
    void render(JsonValue& json, const Picture& picture,
                const DevicePicture& device) const override {
        const auto view = picture.view(device);
        const auto health = health_of(view);
        const auto overview = control::overview_of(device.roster, picture.now);
        json["devices"] = picture.devices.size();
        json["health_score"] = health.score;
        control::add_overview(json, view);
        for (std::size_t i = 0; i < json["reasons"].size(); ++i)
            json["reasons"][i]["points"] = cost_of(health.verdict.findings[i].grade);
        json["active_host"] = active_host(overview);
        json["hosts"] = {{"known", device.roster.hosts().size()}, {"present", overview.hosts}};
        json["clients"] = {{"known", device.roster.clients().size()},
                           {"present", overview.clients}};
        json["admins"] = control::admins_json(picture.admins, picture.own, picture.now);
        json["midi"] = totals_json(totals_of(picture, device));
        json["admin"] = {{"version", imprint_.version},
                         {"since", time_text(picture.began_unix_ms)},
                         {"interfaces", picture.interfaces},
                         {"network_trouble", picture.trouble},
                         {"dns_sd_trouble", picture.dns_sd_trouble},
                         {"not_understood", picture.not_understood},
                         {"history", history_json(imprint_.history_state())}};
    }
    Imprint imprint_;
};

class HostsRoute : public PictureRoute {
  public:
    using PictureRoute::PictureRoute;
    std::string_view path() const noexcept override { return "/api/hosts"; }

  private:
    void render(JsonValue& json, const Picture& picture,
                const DevicePicture& device) const override {
        json["hosts"] = control::hosts_json(picture.view(device));
        for (auto& host : json["hosts"])
            host["rate"] = rate_json(device.rates.of(HostId{host["id"].get<std::uint16_t>()}));
    }
};

class ClientsRoute : public PictureRoute {
  public:
    using PictureRoute::PictureRoute;
    std::string_view path() const noexcept override { return "/api/clients"; }

  private:
    void render(JsonValue& json, const Picture& picture,
                const DevicePicture& device) const override {
        json["clients"] = control::clients_json(picture.view(device));
        auto at = device.roster.clients().begin();
        const auto focus = control::focus_of(device.roster, picture.now);
        for (auto& client : json["clients"]) {
            client["focus"] = focus.holder == at->first;
            client["transit_p95_us"] = at->second.status.transit_p95_us;
            client["packet_loss"] = device.leg_loss.of(at->first);
            client["rate"] = rate_json(device.rates.of(at->first));
            ++at;
        }
    }
};

/// Of all shows.
class DevicesRoute : public PictureRoute {
  public:
    using PictureRoute::PictureRoute;
    std::string_view path() const noexcept override { return "/api/devices"; }

  private:
    bool is_of_device() const noexcept override { return false; }
    static JsonValue inputs_json(const plane::InputState& inputs) {
        if (inputs.active == 0) return nullptr;
        return {{"active", inputs.active}, {"standby_present", inputs.standby_present}};
    }
    void render(JsonValue& json, const Picture& picture, const DevicePicture&) const override {
        json["devices"] = JsonValue::array();
        for (const auto& device : picture.devices)
            for (const auto& [id, host] : device.roster.hosts())
                json["devices"].push_back(
                    {{"device", device.slot.value},
                     {"host", id.value},
                     {"host_name", host.status.name.view()},
                     {"name", host.status.device_name.view()},
                     {"present", host.status.device_present && !host.gone(picture.now)},
                     {"host_gone", host.gone(picture.now)},
                     {"takes_feedback", host.status.has_lights},
                     {"inputs", inputs_json(host.status.inputs)}});
    }
};

class MidiMetricsRoute : public PictureRoute {
  public:
    using PictureRoute::PictureRoute;
    std::string_view path() const noexcept override { return "/api/metrics/midi"; }

  private:
    void render(JsonValue& json, const Picture& picture,
                const DevicePicture& device) const override {
        const auto view = picture.view(device);
        json["totals"] = totals_json(totals_of(picture, device));
        json["hosts"] = JsonValue::array();
        for (const auto& host : control::hosts_json(view)) {
            JsonValue one{{"id", host["id"]}, {"name", host["name"]}, {"gone", host["gone"]}};
            one["rate"] = rate_json(device.rates.of(HostId{host["id"].get<std::uint16_t>()}));
            one["counters"] = host["counters"];
            json["hosts"].push_back(std::move(one));
        }
        json["clients"] = JsonValue::array();
        auto at = device.roster.clients().begin();
        for (const auto& client : control::clients_json(view)) {
            JsonValue one{{"id", client["id"]}, {"name", client["name"]}, {"gone", client["gone"]}};
            one["rate"] = rate_json(device.rates.of(at->first));
            one["packet_loss"] = device.leg_loss.of(at->first);
            one["transit_p50_us"] = client["transit_p50_us"];
            one["transit_p95_us"] = (at++)->second.status.transit_p95_us;
            for (const char* key : {"transit_p99_us", "transit_p99_9_us", "transit_max_us",
                                    "transit_recent", "transit_histogram"})
                one[key] = client[key];
            one["counters"] = client["counters"];
            json["clients"].push_back(std::move(one));
        }
    }
};

class FailoverRoute : public PictureRoute {
  public:
    using PictureRoute::PictureRoute;
    std::string_view path() const noexcept override { return "/api/failover"; }

  private:
    void render(JsonValue& json, const Picture& picture,
                const DevicePicture& device) const override {
        const auto view = picture.view(device);
        const auto overview = control::overview_of(device.roster, picture.now);
        json["armed"] = overview.armed ? JsonValue(*overview.armed) : JsonValue(nullptr);
        json["rules_differ"] = overview.rules_differ;
        json["active_host"] = active_host(overview);
        json["lockout_left_ms"] = overview.lockout_left_ms;
        json["term"] = overview.term;
        json["hosts"] = JsonValue::array();
        for (const auto& host : control::hosts_json(view)) {
            if (!host["heard"].get<bool>()) continue;
            JsonValue one;
            for (const char* key : {"id", "name", "gone", "role", "mode", "device_present",
                                    "health", "reasons", "failover", "conflict"})
                one[key] = host[key];
            json["hosts"].push_back(std::move(one));
        }
        json["clients"] = JsonValue::array();
        for (const auto& client : control::clients_json(view)) {
            JsonValue one;
            for (const char* key :
                 {"id", "name", "gone", "active", "term", "last_switch", "sources"})
                one[key] = client[key];
            json["clients"].push_back(std::move(one));
        }
    }
};

}  // namespace

std::unique_ptr<PictureRoute> make_status_route(PictureRoute::Latest latest, Imprint imprint) {
    return std::make_unique<StatusRoute>(std::move(latest), std::move(imprint));
}
std::unique_ptr<PictureRoute> make_hosts_route(PictureRoute::Latest latest) {
    return std::make_unique<HostsRoute>(std::move(latest));
}
std::unique_ptr<PictureRoute> make_clients_route(PictureRoute::Latest latest) {
    return std::make_unique<ClientsRoute>(std::move(latest));
}
std::unique_ptr<PictureRoute> make_devices_route(PictureRoute::Latest latest) {
    return std::make_unique<DevicesRoute>(std::move(latest));
}
std::unique_ptr<PictureRoute> make_midi_metrics_route(PictureRoute::Latest latest) {
    return std::make_unique<MidiMetricsRoute>(std::move(latest));
}
std::unique_ptr<PictureRoute> make_failover_route(PictureRoute::Latest latest) {
    return std::make_unique<FailoverRoute>(std::move(latest));
}

}  // namespace midinet::admin
