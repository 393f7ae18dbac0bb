#include "control/report/show_json.hpp"

#include "control/config_text.hpp"
#include "control/report/focus.hpp"
#include "control/report/overview.hpp"
#include "control/report/words.hpp"

#include <nlohmann/json.hpp>

namespace midinet::control {
namespace {

using plane::Roster;

std::int64_t whole_ms(Duration d) { return d.count() / 1'000'000; }

JsonValue counters_json(const plane::HostCounters& c) {
    return {{"events", c.events},
            {"datagrams", c.datagrams},
            {"heartbeats", c.heartbeats},
            {"late_heartbeats", c.late_heartbeats},
            {"nacks", c.nacks},
            {"retransmitted", c.retransmitted},
            {"journals", c.journals},
            {"garbage", c.garbage},
            {"send_failures", c.send_failures},
            {"leases", c.leases},
            {"osc_ignored", c.osc_ignored}};
}

JsonValue counters_json(const plane::ClientCounters& c) {
    return {{"played", c.played},           {"lost", c.lost},
            {"repaired", c.repaired},       {"duplicates", c.duplicates},
            {"corrections", c.corrections}, {"switches", c.switches},
            {"silences", c.silences},       {"garbage", c.garbage},
            {"withheld", c.withheld},       {"paired", c.paired},
            {"unpaired", c.unpaired}};
}

JsonValue surface_json(const plane::SurfaceCounters& s) {
    return {
        {"played", s.played}, {"coalesced", s.coalesced}, {"lost", s.lost}, {"foreign", s.foreign}};
}

JsonValue host_json(const Roster::Host& host, TimePoint now) {
    const auto& s = host.status;
    JsonValue json{{"id", s.id.value},
                   {"name", s.name.view()},
                   {"version", s.version.view()},
                   {"address", address_text(host.from.address)},
                   {"found_by", JsonValue::array()},
                   {"heard", true},
                   {"age_ms", whole_ms(now - host.heard)},
                   {"gone", host.gone(now)},
                   {"uptime_ms", s.uptime_ms},
                   {"epoch", s.epoch.value},
                   {"role", to_string(s.role)},
                   {"mode", plane::to_string(s.mode)},
                   {"device_present", s.device_present},
                   {"device_name", s.device_name.view()},
                   {"devices", s.devices.all},
                   {"missing_devices", devices_in(s.devices.missing)},
                   {"health", s.health},
                   {"reasons", JsonValue::array()},
                   {"failover", rules_json(s.failover)},
                   {"counters", counters_json(s.counters)},
                   {"takes_feedback", s.has_lights},
                   {"surface", surface_json(s.surface)},
                   {"configuration", fingerprint_text(s.agreement)},
                   {"held_ms", whole_ms(held_left(host, now))},
                   {"conflict", nullptr}};
    for (const auto& reason : s.reasons) json["reasons"].push_back(reason.view());
    if (s.conflict)
        json["conflict"] = {{"address", address_text(s.conflict->address)},
                            {"interface", s.conflict->interface.view()}};
    return json;
}

JsonValue source_json(const plane::HeardSource& s) {
    return {{"host", s.id.value},
            {"epoch", s.epoch.value},
            {"alive", s.alive},
            {"whole", s.whole},
            {"twin", s.twin},
            {"gap_p99_9_us", s.gap_p99_9_us},
            {"gap_longest_us", s.gap_longest_us},
            {"lost", s.lost}};
}

JsonValue leg_json(const plane::Leg& leg) {
    return {{"sender", id_text(leg.sender)},
            {"interface", leg.interface.view()},
            {"unicast", leg.unicast},
            {"datagrams", leg.datagrams},
            {"missing", leg.missing}};
}

/// The buckets that are not empty; the last one of all has no upper edge.
JsonValue histogram_json(const std::optional<plane::TransitStatus>& transit) {
    auto buckets = JsonValue::array();
    if (!transit) return buckets;
    for (std::size_t i = 0; i < transit->counts.size(); ++i) {
        if (transit->counts[i] == 0) continue;
        const bool last = i + 1 == plane::TransitStatus::kBuckets;
        buckets.push_back(
            {{"up_to_us", last ? JsonValue(nullptr) : JsonValue(plane::transit_edge_us(i))},
             {"count", transit->counts[i]}});
    }
    return buckets;
}

JsonValue recent_json(const std::optional<plane::TransitStatus>& transit) {
    if (!transit || !transit->recent) return nullptr;
    const auto& recent = *transit->recent;
    return {{"count", recent.count},
            {"p50_us", recent.p50_us},
            {"p95_us", recent.p95_us},
            {"p99_us", recent.p99_us}};
}

JsonValue client_json(const Roster::Client& client, std::size_t number, TimePoint now) {
    const auto& s = client.status;
    JsonValue json{{"number", number},
                   {"id", id_text(s.id)},
                   {"name", s.name.view()},
                   {"version", s.version.view()},
                   {"address", address_text(client.from.address)},
                   {"age_ms", whole_ms(now - client.heard)},
                   {"gone", client.gone(now)},
                   {"uptime_ms", s.uptime_ms},
                   {"port_name", s.port_name.view()},
                   {"port_open", s.port_open},
                   {"active", s.active.value},
                   {"term", s.term},
                   {"transit_p50_us", s.transit_p50_us},
                   {"transit_p99_us", s.transit_p99_us},
                   {"transit_p99_9_us", client.transit ? client.transit->p99_9_us : 0},
                   {"transit_max_us", client.transit ? client.transit->max_us : 0},
                   {"transit_recent", recent_json(client.transit)},
                   {"transit_histogram", histogram_json(client.transit)},
                   {"counters", counters_json(s.counters)},
                   {"feedback_events", s.feedback_events},
                   {"feedback_echoes", s.feedback_echoes},
                   {"feedback_cut", s.feedback_cut},
                   {"pipeline", fingerprint_text(s.pipeline)},
                   {"last_switch", nullptr},
                   {"sources", JsonValue::array()},
                   {"legs", JsonValue::array()}};
    if (const auto& last = s.last_switch)
        json["last_switch"] = {{"ago_ms", last->ago_ms},
                               {"from", last->from.value},
                               {"to", last->to.value},
                               {"reason", last->reason.view()},
                               {"took_us", last->took_us}};
    for (const auto& source : s.sources) json["sources"].push_back(source_json(source));
    for (const auto& leg : s.legs) json["legs"].push_back(leg_json(leg));
    return json;
}

}  // namespace

JsonValue rules_json(const plane::FailoverState& f) {
    return {{"armed", f.armed},
            {"switch_back", plane::to_string(f.switch_back)},
            {"values", plane::to_string(f.values)},
            {"miss_threshold", f.miss_threshold},
            {"interval_us", f.interval_us},
            {"lockout_s", f.lockout_s},
            {"lockout_left_ms", f.lockout_left_ms},
            {"preferred", f.preferred.value},
            {"term", f.term}};
}

JsonValue id_json(SenderId id) {
    return id.value == 0 ? JsonValue(nullptr) : JsonValue(id_text(id));
}

JsonValue hosts_json(const ShowView& view) {
    auto hosts = JsonValue::array();
    for (const auto& [id, host] : view.roster.hosts()) {
        auto one = host_json(host, view.now);
        one["found_by"].push_back("status");
        if (view.found != nullptr && view.found->contains(id)) one["found_by"].push_back("dns_sd");
        hosts.push_back(std::move(one));
    }
    for (const auto& host : unheard_hosts(view)) {
        auto one = host_json(host, view.now);
        one["found_by"].push_back("dns_sd");
        one["heard"] = false;
        one["age_ms"] = nullptr;
        hosts.push_back(std::move(one));
    }
    return hosts;
}

JsonValue clients_json(const ShowView& view) {
    auto clients = JsonValue::array();
    for (const auto& [id, client] : view.roster.clients())
        clients.push_back(client_json(client, number_of(id, view.roster), view.now));
    return clients;
}

void add_overview(JsonValue& json, const ShowView& view) {
    const auto verdict = judge(view);
    const auto overview = overview_of(view.roster, view.now);
    json["verdict"] = to_string(verdict.grade);
    json["reasons"] = JsonValue::array();
    for (const auto& finding : verdict.findings)
        json["reasons"].push_back(
            {{"grade", to_string(finding.grade)}, {"text", finding.text}, {"fix", finding.fix}});
    json["played"] = JsonValue::array();
    for (const auto& [source, clients] : overview.played)
        json["played"].push_back({{"host", source.value}, {"clients", clients}});
    json["armed"] = overview.armed ? JsonValue(*overview.armed) : JsonValue(nullptr);
    json["lockout_left_ms"] = overview.lockout_left_ms;
    json["term"] = overview.term;
}

void add_focus(JsonValue& json, const ShowView& view) {
    const auto focus = focus_of(view.roster, view.now);
    const auto* client = view.roster.client(focus.holder);
    json["holder"] = id_json(focus.holder);
    json["name"] = client != nullptr ? client->status.name.view() : "";
    json["number"] = number_of(focus.holder, view.roster);
    json["by_hand"] = focus.manual;
    json["term"] = focus.term;
    json["by"] = focus.by.value;
    json["surfaces"] = JsonValue::array();
    for (const auto& [id, host] : view.roster.hosts())
        json["surfaces"].push_back({{"host", id.value},
                                    {"device_name", host.status.device_name.view()},
                                    {"gone", host.gone(view.now)},
                                    {"takes_feedback", host.status.has_lights},
                                    {"surface", surface_json(host.status.surface)}});
}

void add_result(JsonValue& json, const plane::CommandResult& result) {
    json["why"] = result.why.view();
    json["host"] = result.from.value;
    json["term"] = result.term;
    json["active"] = result.active.value;
    json["lockout_left_ms"] = result.lockout_left_ms;
    json["clients_total"] = result.clients_total;
    json["clients_ok"] = result.clients_ok;
    json["clients"] = JsonValue::array();
    for (const auto& client : result.clients)
        json["clients"].push_back({{"id", id_text(client.client)},
                                   {"name", client.name.view()},
                                   {"outcome", plane::to_string(client.outcome)},
                                   {"took_us", client.took_us}});
    json["audit_total"] = result.audit_total;
    json["audit"] = JsonValue::array();
    for (const auto& record : result.audit)
        json["audit"].push_back({{"ago_ms", record.ago_ms},
                                 {"who", record.who.view()},
                                 {"what", record.what.view()},
                                 {"outcome", plane::to_string(record.outcome)},
                                 {"why", record.why.view()}});
}

std::string dump(const JsonValue& json) {
    return json.dump(-1, ' ', false, JsonValue::error_handler_t::replace);
}

}  // namespace midinet::control
