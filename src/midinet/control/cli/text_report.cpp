#include "control/cli/focus_report.hpp"
#include "control/cli/input.hpp"
#include "control/cli/scene.hpp"
#include "control/cli/table.hpp"
#include "control/config_text.hpp"
#include "control/report/admins.hpp"
#include "control/report/focus.hpp"
#include "control/report/overview.hpp"
#include "control/report/versions.hpp"
#include "control/report/words.hpp"
#include "control/switch_gate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace midinet::control::cli {
namespace {

using plane::CommandOutcome;
using plane::Roster;

/// What to look at when it stayed silent.
std::string silence_text(const Scene& scene) {
    const auto& group = scene.request.group;
    auto text = fmt::format(
        "  listened on {} to {} for {}\n  Check:\n"
        "  - interface: is it the show's network? --interface NAME chooses, lo is this machine\n"
        "  - firewall: UDP port {} must come in\n"
        "  - group: do the boxes use another one? --group and --port\n"
        "  - switch: with IGMP snooping the network needs a querier\n",
        fmt::join(scene.interfaces, ", "), io::to_string(group),
        span_text(static_cast<std::uint64_t>(scene.took.count()) / 1'000'000), group.port);
    if (scene.request.device.value > 1)
        text += fmt::format(
            "  - device: does a host have a device {}? Without --device all are asked\n",
            unsigned{scene.request.device.value});
    if (scene.request.wait < Request::kListen)
        text += "  - patience: boxes speak once a second; leave --wait away, or wait for longer\n";
    if (asks(scene.request.task) && scene.request.peers.empty())
        text += "  - no multicast here? --host ADDRESS asks one box by unicast\n";
    if (scene.not_understood > 0)
        text += fmt::format(
            "  {} datagrams came that this program does not read: are the boxes of another "
            "version?\n",
            scene.not_understood);
    if (scene.send_failures > 0)
        text += fmt::format("  {} datagrams could not be sent: is there a route and a link?\n",
                            scene.send_failures);
    return text;
}

std::string device_text(const plane::HostStatus& s) {
    const std::string name(s.device_name.view());
    if (!s.device_present) return name.empty() ? "none" : name + " (absent)";
    return name.empty() ? "present" : name;
}

/// Where hosts have more devices than the one that is looked at. Empty: they have not.
std::string more_devices_text(const Scene& scene) {
    unsigned most = 1;
    for (const auto& [id, host] : scene.roster.hosts())
        most = std::max(most, unsigned{host.status.devices.all});
    if (most < 2) return {};
    return fmt::format("This is device {} of {}: --device N asks about another\n",
                       scene.request.device.value, most);
}

std::string notes_text(const Roster::Host& host, TimePoint now) {
    std::vector<std::string> notes;
    if (host.gone(now)) notes.emplace_back("GONE");
    if (const auto& twin = host.status.conflict)
        notes.push_back("same id at " + address_text(twin->address));
    if (const auto held = held_left(host, now); held > Duration{0})
        notes.push_back(fmt::format("held back: rehearsal, {:.1f} s left", to_ms(held) / 1000));
    for (const auto& reason : host.status.reasons) notes.emplace_back(reason.view());
    return fmt::format("{}", fmt::join(notes, "; "));
}

/// A host that only DNS-SD tells of: what a status would say is not known.
Table::Row unheard_row(const Roster::Host& host, const Scene& scene) {
    const auto& s = host.status;
    std::string note = "not heard";
    const auto& control = scene.found->at(s.id).says.control;
    if (control != scene.request.group) note += ": its control group is " + io::to_string(control);
    return {std::to_string(s.id.value),
            std::string(s.name.view()),
            address_text(host.from.address),
            std::string(to_string(s.role)),
            device_text(s),
            "?",
            "?",
            "?",
            std::string(s.version.view()),
            "DNS-SD",
            note};
}

/// With how each host was found where that was looked for.
std::string hosts_text(const Scene& scene) {
    const auto unheard = unheard_hosts(scene.view());
    if (scene.roster.hosts().empty() && unheard.empty()) return "No host was heard.\n";
    const auto overview = overview_of(scene.roster, scene.now);
    Table::Row heading{"HOST",   "NAME",      "ADDRESS", "ROLE",   "DEVICE",
                       "HEALTH", "PLAYED BY", "UPTIME",  "VERSION"};
    if (scene.found != nullptr) heading.emplace_back("FOUND BY");
    heading.emplace_back("NOTES");
    Table table(std::move(heading));
    for (const auto& [id, host] : scene.roster.hosts()) {
        const auto& s = host.status;
        const auto players = overview.played.find(SourceId{id.value});
        Table::Row row{std::to_string(id.value),
                       std::string(s.name.view()),
                       address_text(host.from.address),
                       std::string(to_string(s.role)),
                       device_text(s),
                       std::to_string(s.health),
                       players == overview.played.end() ? "-" : std::to_string(players->second),
                       span_text(s.uptime_ms),
                       std::string(s.version.view())};
        if (scene.found != nullptr)
            row.emplace_back(scene.found->contains(id) ? "status, DNS-SD" : "status");
        row.push_back(notes_text(host, scene.now));
        table.add(std::move(row));
    }
    for (const auto& host : unheard) table.add(unheard_row(host, scene));
    const auto& trouble = scene.dns_sd_trouble;
    return table.text() + more_devices_text(scene) + (trouble.empty() ? "" : trouble + '\n');
}

std::string heard_text(const plane::ClientStatus& s) {
    std::vector<unsigned> ids;
    for (const auto& source : s.sources)
        if (source.alive) ids.push_back(source.id.value);
    return ids.empty() ? "-" : fmt::format("{}", fmt::join(ids, ","));
}

std::string notes_text(const Roster::Client& client, bool has_focus, TimePoint now) {
    std::vector<std::string> notes;
    if (has_focus) notes.emplace_back("has the focus");
    if (client.gone(now)) notes.emplace_back("GONE");
    for (const auto& source : client.status.sources)
        if (source.twin) notes.push_back(fmt::format("hears host {} twice", source.id.value));
    return fmt::format("{}", fmt::join(notes, "; "));
}

std::string clients_text(const Scene& scene) {
    if (scene.roster.clients().empty()) return "No client was heard.\n";
    Table table({"#", "CLIENT", "ID", "ADDRESS", "PLAYS", "HEARS", "PORT", "LOST", "SWITCHES",
                 "P50", "P99", "UPTIME", "VERSION", "NOTES"});
    const auto holder = focus_of(scene.roster, scene.now).holder;
    for (const auto& [id, client] : scene.roster.clients()) {
        const auto& s = client.status;
        table.add({std::to_string(number_of(id, scene.roster)), std::string(s.name.view()),
                   id_text(id), address_text(client.from.address),
                   s.active.value == 0 ? "-" : std::to_string(s.active.value), heard_text(s),
                   s.port_open ? std::string(s.port_name.view()) : "closed",
                   std::to_string(s.counters.lost), std::to_string(s.counters.switches),
                   ms_text(s.transit_p50_us), ms_text(s.transit_p99_us), span_text(s.uptime_ms),
                   std::string(s.version.view()), notes_text(client, id == holder, scene.now)});
    }
    return table.text();
}

const char* heading(Grade grade) {
    switch (grade) {
        case Grade::Ready:
            return "READY";
        case Grade::Degraded:
            return "DEGRADED";
        case Grade::NotSafe:
            return "NOT SAFE";
        default:
            return "NOTHING HEARD";
    }
}

std::string played_text(const Overview& overview) {
    std::vector<std::string> parts;
    for (const auto& [source, clients] : overview.played)
        parts.push_back(fmt::format(
            "{} by {} of {} clients",
            source.value == 0 ? std::string("nobody") : fmt::format("host {}", source.value),
            clients, overview.clients));
    return parts.empty() ? "nobody: no client is heard" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string lockout_text(std::uint32_t left_ms) {
    return left_ms == 0 ? "no lockout" : "lockout for another " + span_text(left_ms);
}

/// A line where there are some.
std::string admins_text(const Scene& scene) {
    if (scene.admins == nullptr || scene.admins->admins().empty()) return {};
    std::vector<std::string> parts;
    for (const auto& [id, admin] : scene.admins->admins())
        parts.push_back(fmt::format("{} at {}", admin.status.name.view(), admin_url(admin)));
    return fmt::format("Admins    {}\n", fmt::join(parts, ", "));
}

/// Nothing where all run the same: a show may go on while it is updated.
std::string versions_line(const Scene& scene) {
    const auto boxes = boxes_by_version(scene.roster, scene.now);
    return boxes.size() < 2 ? std::string{} : fmt::format("Versions  {}\n", versions_text(boxes));
}

std::string status_text(const Scene& scene) {
    const auto verdict = judge(scene.view());
    std::string text = fmt::format("{}\n", heading(verdict.grade));
    if (verdict.grade == Grade::Unreachable) return text + silence_text(scene);
    for (const auto& finding : verdict.findings)
        text +=
            fmt::format("  - {}{}\n    {}\n", finding.grade < verdict.grade ? "(degraded) " : "",
                        finding.text, finding.fix);
    const auto overview = overview_of(scene.roster, scene.now);
    const char* armed = overview.armed ? (*overview.armed ? "armed" : "disarmed")
                                       : (overview.hosts == 0 ? "unknown" : "the hosts disagree");
    text += fmt::format("\nPlayed    {}\nFailover  {}; {}; term {}\n{}{}\n", played_text(overview),
                        armed, lockout_text(overview.lockout_left_ms), overview.term,
                        versions_line(scene), admins_text(scene));
    return text + hosts_text(scene) + '\n' + clients_text(scene);
}

std::string listed_text(const Scene& scene, const std::string& list, bool empty) {
    return empty ? list + silence_text(scene) : list;
}

// Commands ----------------------------------------------------------------------------------------

const char* heading(CommandOutcome outcome) {
    switch (outcome) {
        case CommandOutcome::Done:
            return "DONE";
        case CommandOutcome::Refused:
            return "REFUSED";
        case CommandOutcome::NeedsConfirmation:
            return "NOT YET";
        case CommandOutcome::Failed:
            return "FAILED";
        default:
            return "NOT UNDERSTOOD";
    }
}

std::string answers_text(const plane::CommandResult& result, std::string_view lead = {}) {
    if (result.clients_total == 0 && result.clients.empty()) return {};
    auto text =
        fmt::format("  {}{} of {} clients follow\n", lead, result.clients_ok, result.clients_total);
    if (!result.clients.empty()) {
        Table table({"CLIENT", "ID", "OUTCOME", "TIME"});
        for (const auto& client : result.clients)
            table.add({std::string(client.name.view()), id_text(client.client),
                       std::string(plane::to_string(client.outcome)),
                       client.outcome == plane::ClientOutcome::Ok ? ms_text(client.took_us) : "-"});
        text += table.text("  ");
    }
    if (result.clients_total > result.clients.size())
        text += fmt::format("  and {} more\n", result.clients_total - result.clients.size());
    return text;
}

std::string audit_text(const plane::CommandResult& result) {
    if (result.audit.empty()) return "No decision is remembered.\n";
    auto text = fmt::format("Decisions, the newest first ({} of {})\n", result.audit.size(),
                            std::max<std::size_t>(result.audit_total, result.audit.size()));
    Table table({"AGO", "WHO", "WHAT", "OUTCOME", "WHY"});
    for (const auto& record : result.audit)
        table.add({span_text(record.ago_ms), std::string(record.who.view()),
                   std::string(record.what.view()), std::string(plane::to_string(record.outcome)),
                   std::string(record.why.view())});
    return text + table.text("  ");
}

std::string state_text(const plane::CommandResult& result) {
    return fmt::format("  {}; term {}; {}\n",
                       result.active.value == 0
                           ? "no host is active"
                           : fmt::format("host {} is active", result.active.value),
                       result.term, lockout_text(result.lockout_left_ms));
}

/// What the answering host's own status adds, when it was heard.
std::string rules_text(const Scene& scene, SenderId answered) {
    const auto* host = scene.roster.host(HostId{static_cast<std::uint16_t>(answered.value)});
    if (host == nullptr) return {};
    const auto& f = host->status.failover;
    return fmt::format(
        "  automatic failover is {}; return is {}; values: {}; lockout {} s; silent after {} "
        "heartbeats of {}\n",
        f.armed ? "armed" : "disarmed",
        f.switch_back == plane::SwitchBack::Auto ? "automatic" : "by hand",
        plane::to_string(f.values), f.lockout_s, unsigned{f.miss_threshold},
        ms_text(f.interval_us));
}

const char* where_to_look(Task task) {
    if (task == Task::SwitchInput) return "input";
    if (asks_to_rehearse(task)) return "hosts";
    return asks_for_focus(task) ? "focus" : "failover --status";
}

/// Of a command to a host that is not there, while others are. Empty: that is not why.
std::string missing_text(const Scene& scene) {
    const auto& hosts = scene.roster.hosts();
    const auto target = scene.request.target.value;
    if (target == 0 || hosts.empty() || hosts.contains(HostId{target})) return {};
    std::vector<unsigned> heard;
    heard.reserve(hosts.size());
    for (const auto& [id, host] : hosts) heard.push_back(id.value);
    return fmt::format("  Host {} is not heard; heard {} {}: name one of those\n", target,
                       heard.size() == 1 ? "is" : "are", fmt::join(heard, ", "));
}

std::string unanswered_text(const Scene& scene) {
    const auto by = scene.sender.acknowledged_by();
    const auto patience = span_text(static_cast<std::uint64_t>(scene.took.count()) / 1'000'000);
    if (by.value != 0)
        return fmt::format(
            "NO ANSWER: host {} took the command, and did not say within {} what came of it\n"
            "  Whether it was carried out is not known; `midinet-cli {}` asks\n",
            by.value, patience, where_to_look(scene.request.task));
    const auto missing = missing_text(scene);
    return fmt::format("NO ANSWER: no host took the command within {}; it was sent {} times\n",
                       patience, scene.sender.sent()) +
           (missing.empty() ? silence_text(scene) : missing);
}

std::string asked_text(const Scene& scene) {
    if (!scene.not_asked.empty()) return fmt::format("NOT ASKED: {}\n", scene.not_asked);
    const auto& result = scene.sender.result();
    if (!result) return unanswered_text(scene);
    const Task task = scene.request.task;
    const bool done = result->outcome == CommandOutcome::Done;
    if (done && task == Task::Audit) return audit_text(*result);
    auto text = fmt::format("{}, says host {}{}{}\n", heading(result->outcome), result->from.value,
                            result->why.empty() ? "" : ": ", result->why.view());
    if (done && task == Task::FailoverStatus)
        text = fmt::format("Failover, as host {} has it{}{}\n", result->from.value,
                           result->why.empty() ? "" : ": ", result->why.view());
    if (result->outcome == CommandOutcome::NeedsConfirmation)
        text +=
            fmt::format("  Run it again within {} s to do it.\n", SwitchGate::kConfirmWithin / 1s);
    if (done && task == Task::Rehearse)
        return text +
               "  Clients tell what they did: midinet-cli clients; with the API: midinet-cli "
               "rehearse\n";
    if (asks_for_focus(task) || asks_to_rehearse(task) || task == Task::SwitchInput) return text;
    text += state_text(*result);
    if (task != Task::FailoverStatus) return text + answers_text(*result);
    return text + rules_text(scene, result->from) +
           answers_text(*result, "the last switch by hand: ") + audit_text(*result);
}

}  // namespace

std::string text_report(const Scene& scene) {
    switch (scene.request.task) {
        case Task::Status:
            return status_text(scene);
        case Task::Hosts:
            return listed_text(scene, hosts_text(scene), scene.roster.hosts().empty());
        case Task::Clients:
            return listed_text(scene, clients_text(scene), scene.roster.clients().empty());
        case Task::Focus:
            return listed_text(scene, focus_text(scene), scene.roster.hosts().empty());
        case Task::Input:
            return listed_text(scene, input_text(scene), scene.roster.hosts().empty());
        default:
            return asked_text(scene);
    }
}

}  // namespace midinet::control::cli
