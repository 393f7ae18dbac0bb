#include "control/cli/focus.hpp"
#include "control/cli/input.hpp"
#include "control/cli/overview.hpp"
#include "control/cli/scene.hpp"
#include "control/cli/words.hpp"

#include <nlohmann/json.hpp>

namespace midinet::control::cli {
namespace {

using Json = nlohmann::ordered_json;
using plane::Roster;

std::int64_t whole_ms(Duration d) { return d.count() / 1'000'000; }

Json failover_json(const plane::FailoverState& f) {
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

Json counters_json(const plane::HostCounters& c) {
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

Json counters_json(const plane::ClientCounters& c) {
    return {{"played", c.played},           {"lost", c.lost},
            {"repaired", c.repaired},       {"duplicates", c.duplicates},
            {"corrections", c.corrections}, {"switches", c.switches},
            {"silences", c.silences},       {"garbage", c.garbage},
            {"withheld", c.withheld},       {"paired", c.paired},
            {"unpaired", c.unpaired}};
}

Json surface_json(const plane::SurfaceCounters& s) {
    return {
        {"played", s.played}, {"coalesced", s.coalesced}, {"lost", s.lost}, {"foreign", s.foreign}};
}

Json host_json(const Roster::Host& host, TimePoint now) {
    const auto& s = host.status;
    Json json{{"id", s.id.value},
              {"name", s.name.view()},
              {"version", s.version.view()},
              {"address", address_text(host.from.address)},
              {"found_by", Json::array()},
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
              {"reasons", Json::array()},
              {"failover", failover_json(s.failover)},
              {"counters", counters_json(s.counters)},
              {"takes_feedback", s.has_lights},
              {"surface", surface_json(s.surface)},
              {"conflict", nullptr}};
    for (const auto& reason : s.reasons) json["reasons"].push_back(reason.view());
    if (s.conflict)
        json["conflict"] = {{"address", address_text(s.conflict->address)},
                            {"interface", s.conflict->interface.view()}};
    return json;
}

Json source_json(const plane::HeardSource& s) {
    return {{"host", s.id.value},
            {"epoch", s.epoch.value},
            {"alive", s.alive},
            {"whole", s.whole},
            {"twin", s.twin},
            {"gap_p99_9_us", s.gap_p99_9_us},
            {"gap_longest_us", s.gap_longest_us},
            {"lost", s.lost}};
}

Json leg_json(const plane::Leg& leg) {
    return {{"sender", id_text(leg.sender)},
            {"interface", leg.interface.view()},
            {"unicast", leg.unicast},
            {"datagrams", leg.datagrams},
            {"missing", leg.missing}};
}

Json client_json(const Roster::Client& client, std::size_t number, TimePoint now) {
    const auto& s = client.status;
    Json json{{"number", number},
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
              {"counters", counters_json(s.counters)},
              {"feedback_events", s.feedback_events},
              {"feedback_echoes", s.feedback_echoes},
              {"feedback_cut", s.feedback_cut},
              {"last_switch", nullptr},
              {"sources", Json::array()},
              {"legs", Json::array()}};
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

void add_hosts(Json& json, const Scene& scene) {
    json["hosts"] = Json::array();
    for (const auto& [id, host] : scene.roster.hosts()) {
        auto one = host_json(host, scene.now);
        one["found_by"].push_back("status");
        if (scene.found != nullptr && scene.found->contains(id))
            one["found_by"].push_back("dns_sd");
        json["hosts"].push_back(std::move(one));
    }
    for (const auto& host : unheard_hosts(scene)) {
        auto one = host_json(host, scene.now);
        one["found_by"].push_back("dns_sd");
        one["heard"] = false;
        one["age_ms"] = nullptr;
        json["hosts"].push_back(std::move(one));
    }
}

void add_clients(Json& json, const Scene& scene) {
    json["clients"] = Json::array();
    for (const auto& [id, client] : scene.roster.clients())
        json["clients"].push_back(client_json(client, number_of(id, scene.roster), scene.now));
}

void add_overview(Json& json, const Scene& scene) {
    const auto verdict = judge(scene.roster, scene.now, scene.request.device);
    const auto overview = overview_of(scene.roster, scene.now);
    json["verdict"] = to_string(verdict.grade);
    json["reasons"] = Json::array();
    for (const auto& finding : verdict.findings)
        json["reasons"].push_back(
            {{"grade", to_string(finding.grade)}, {"text", finding.text}, {"fix", finding.fix}});
    json["played"] = Json::array();
    for (const auto& [source, clients] : overview.played)
        json["played"].push_back({{"host", source.value}, {"clients", clients}});
    json["armed"] = overview.armed ? Json(*overview.armed) : Json(nullptr);
    json["lockout_left_ms"] = overview.lockout_left_ms;
    json["term"] = overview.term;
}

Json id_json(SenderId id) { return id.value == 0 ? Json(nullptr) : Json(id_text(id)); }

void add_focus(Json& json, const Scene& scene) {
    const auto focus = focus_of(scene.roster, scene.now);
    const auto* client = scene.roster.client(focus.holder);
    json["holder"] = id_json(focus.holder);
    json["name"] = client != nullptr ? client->status.name.view() : "";
    json["number"] = number_of(focus.holder, scene.roster);
    json["by_hand"] = focus.manual;
    json["term"] = focus.term;
    json["by"] = focus.by.value;
    json["surfaces"] = Json::array();
    for (const auto& [id, host] : scene.roster.hosts())
        json["surfaces"].push_back({{"host", id.value},
                                    {"device_name", host.status.device_name.view()},
                                    {"gone", host.gone(scene.now)},
                                    {"takes_feedback", host.status.has_lights},
                                    {"surface", surface_json(host.status.surface)}});
}

Json listening_json(const Scene& scene) {
    static constexpr std::array<const char*, 5> kNames{"status", "hosts", "clients", "focus",
                                                       "input"};
    const Task task = scene.request.task;
    Json json{{"command", kNames[static_cast<std::size_t>(task)]}};
    if (task == Task::Status) add_overview(json, scene);
    if (task == Task::Focus) add_focus(json, scene);
    if (task == Task::Input) add_inputs(json, scene);
    if (task == Task::Status || task == Task::Hosts) add_hosts(json, scene);
    if (task == Task::Status || task == Task::Clients) add_clients(json, scene);
    return json;
}

const char* action_of(Task task) {
    switch (task) {
        case Task::Arm:
            return "arm";
        case Task::Disarm:
            return "disarm";
        case Task::Audit:
            return "audit";
        case Task::FailoverStatus:
            return "status";
        default:
            return "switch";
    }
}

void add_lists(Json& json, const plane::CommandResult& result) {
    for (const auto& client : result.clients)
        json["clients"].push_back({{"id", id_text(client.client)},
                                   {"name", client.name.view()},
                                   {"outcome", plane::to_string(client.outcome)},
                                   {"took_us", client.took_us}});
    for (const auto& record : result.audit)
        json["audit"].push_back({{"ago_ms", record.ago_ms},
                                 {"who", record.who.view()},
                                 {"what", record.what.view()},
                                 {"outcome", plane::to_string(record.outcome)},
                                 {"why", record.why.view()}});
}

Json asking_json(const Scene& scene) {
    const auto& sender = scene.sender;
    const auto result = sender.result().value_or(plane::CommandResult{});
    const auto by = sender.result() ? result.from : sender.acknowledged_by();
    Json json{{"command", "failover"},
              {"action", action_of(scene.request.task)},
              {"outcome", sender.result() ? plane::to_string(result.outcome) : "unanswered"},
              {"why", result.why.view()},
              {"host", by.value},
              {"term", result.term},
              {"active", result.active.value},
              {"lockout_left_ms", result.lockout_left_ms},
              {"clients_total", result.clients_total},
              {"clients_ok", result.clients_ok},
              {"clients", Json::array()},
              {"audit_total", result.audit_total},
              {"audit", Json::array()}};
    add_lists(json, result);
    if (scene.request.task == Task::FailoverStatus) {
        const auto* host = scene.roster.host(HostId{static_cast<std::uint16_t>(by.value)});
        json["rules"] = host != nullptr ? failover_json(host->status.failover) : Json(nullptr);
    }
    json["copies_sent"] = sender.sent();
    return json;
}

const char* focus_action_of(Task task) {
    if (task == Task::FocusNobody) return "none";
    return task == Task::FocusAuto ? "auto" : "give";
}

Json focus_asking_json(const Scene& scene) {
    const auto& sender = scene.sender;
    const auto result = sender.result().value_or(plane::CommandResult{});
    const auto by = sender.result() ? result.from : sender.acknowledged_by();
    const auto outcome = sender.result() ? plane::to_string(result.outcome) : "unanswered";
    const bool asked = scene.not_asked.empty();
    return {{"command", "focus"},
            {"action", focus_action_of(scene.request.task)},
            {"outcome", asked ? outcome : "not_asked"},
            {"why", asked ? std::string(result.why.view()) : scene.not_asked},
            {"host", by.value},
            {"client", id_json(scene.client)},
            {"copies_sent", sender.sent()}};
}

Json input_asking_json(const Scene& scene) {
    const auto& sender = scene.sender;
    const auto result = sender.result().value_or(plane::CommandResult{});
    const auto by = sender.result() ? result.from : sender.acknowledged_by();
    const auto outcome = sender.result() ? plane::to_string(result.outcome) : "unanswered";
    const bool asked = scene.not_asked.empty();
    return {{"command", "input"},
            {"outcome", asked ? outcome : "not_asked"},
            {"why", asked ? std::string(result.why.view()) : scene.not_asked},
            {"host", by.value},
            {"input", scene.request.input},
            {"copies_sent", sender.sent()}};
}

Json report_json(const Scene& scene) {
    if (!asks(scene.request.task)) return listening_json(scene);
    if (scene.request.task == Task::SwitchInput) return input_asking_json(scene);
    return asks_for_focus(scene.request.task) ? focus_asking_json(scene) : asking_json(scene);
}

}  // namespace

std::string json_report(const Scene& scene) {
    Json json = report_json(scene);
    json["took_ms"] = whole_ms(scene.took);
    json["exit_code"] = static_cast<int>(exit_code_of(scene));
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace midinet::control::cli
