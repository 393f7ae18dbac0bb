#include "control/cli/api/json_words.hpp"
#include "control/cli/api/show_calls.hpp"
#include "control/cli/table.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace midinet::control::cli {
namespace {

std::string span_of(const JsonValue& json, const char* key) {
    return get(json, key).is_number() ? span_text(static_cast<std::uint64_t>(number(json, key)))
                                      : "?";
}
std::string took_of(const JsonValue& client) {
    return words(client, "outcome") == "ok"
               ? ms_text(static_cast<std::uint64_t>(number(client, "took_us")))
               : "-";
}

std::string verdict_text(const JsonValue& json) {
    auto verdict = words(json, "verdict");
    std::transform(verdict.begin(), verdict.end(), verdict.begin(), [](char c) {
        return c == '_' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return verdict;
}

/// A line where there are some.
std::string admins_text(const JsonValue& json) {
    std::vector<std::string> parts;
    for (const auto& admin : list(json, "admins"))
        parts.push_back(fmt::format("{} at {}{}", words(admin, "name"), words(admin, "url"),
                                    is_true(admin, "self") ? " (this one)" : ""));
    return parts.empty() ? "" : fmt::format("Admins    {}\n", fmt::join(parts, ", "));
}

std::string status_text(const JsonValue& json) {
    auto text = fmt::format("{}  health {}\n", verdict_text(json), words(json, "health_score"));
    for (const auto& reason : list(json, "reasons"))
        text += fmt::format("  - {}\n    {}\n", words(reason, "text"), words(reason, "fix"));
    const auto hosts = get(json, "hosts");
    const auto clients = get(json, "clients");
    const auto midi = get(json, "midi");
    const auto active = get(json, "active_host");
    text +=
        fmt::format("\nPlayed    {}\nHosts     {} of {}\nClients   {} of {}\n",
                    active.is_null() ? "nobody" : "host " + words(active), words(hosts, "present"),
                    words(hosts, "known"), words(clients, "present"), words(clients, "known"));
    const auto armed = get(json, "armed");
    text += fmt::format("Failover  {}; term {}\n",
                        armed.is_null() ? "unknown"
                        : armed == true ? "armed"
                                        : "disarmed",
                        words(json, "term"));
    text += admins_text(json);
    return text + fmt::format("MIDI      {} events/s; lost by clients: {}\n",
                              words(midi, "events_per_s"), words(midi, "lost"));
}

std::string hosts_text(const JsonValue& json) {
    Table table({"HOST", "NAME", "ADDRESS", "ROLE", "DEVICE", "HEALTH", "EVENTS/S", "UPTIME",
                 "VERSION", "NOTES"});
    for (const auto& host : list(json, "hosts")) {
        std::vector<std::string> notes;
        if (is_true(host, "gone")) notes.emplace_back("GONE");
        if (get(host, "conflict").is_object())
            notes.push_back("same id at " + words(get(host, "conflict"), "address"));
        if (const auto held = number(host, "held_ms"); held > 0)
            notes.push_back(fmt::format("held back: rehearsal, {:.1f} s left",
                                        static_cast<double>(held) / 1000));
        for (const auto& reason : list(host, "reasons")) notes.push_back(words(reason));
        table.add({words(host, "id"), words(host, "name"), words(host, "address"),
                   words(host, "role"), words(host, "device_name"), words(host, "health"),
                   words(get(host, "rate"), "events_per_s"), span_of(host, "uptime_ms"),
                   words(host, "version"), fmt::format("{}", fmt::join(notes, "; "))});
    }
    return list(json, "hosts").empty() ? "No host was heard.\n" : table.text();
}

std::string clients_text(const JsonValue& json) {
    Table table({"NO", "CLIENT", "ID", "ADDRESS", "PLAYS", "PORT", "PLAYED", "LOST", "P99", "FOCUS",
                 "NOTES"});
    for (const auto& client : list(json, "clients")) {
        const auto counters = get(client, "counters");
        table.add({words(client, "number"), words(client, "name"), words(client, "id"),
                   words(client, "address"), words(client, "active"), words(client, "port_name"),
                   words(counters, "played"), words(counters, "lost"),
                   ms_text(static_cast<std::uint64_t>(number(client, "transit_p99_us"))),
                   is_true(client, "focus") ? "yes" : "", is_true(client, "gone") ? "GONE" : ""});
    }
    return list(json, "clients").empty() ? "No client was heard.\n" : table.text();
}

std::string focus_text(const JsonValue& json) {
    if (get(json, "holder").is_null()) return "Nobody has the focus.\n";
    return fmt::format("{} has the focus ({}){}\n", words(json, "name"), words(json, "holder"),
                       is_true(json, "by_hand") ? ", by hand" : "");
}

std::string failover_text(const JsonValue& json) {
    const auto armed = get(json, "armed");
    auto text = fmt::format("Failover is {}; host {} is active; term {}; lockout left: {}\n",
                            armed.is_null() ? "unknown (the hosts disagree)"
                            : armed == true ? "armed"
                                            : "disarmed",
                            words(json, "active_host"), words(json, "term"),
                            span_of(json, "lockout_left_ms"));
    Table table({"CLIENT", "ID", "PLAYS", "LAST SWITCH", "AGO"});
    for (const auto& client : list(json, "clients")) {
        const auto last = get(client, "last_switch");
        table.add({words(client, "name"), words(client, "id"), words(client, "active"),
                   last.is_object() ? fmt::format("{} to {}: {}", words(last, "from"),
                                                  words(last, "to"), words(last, "reason"))
                                    : "never",
                   last.is_object() ? span_of(last, "ago_ms") : "-"});
    }
    return text + table.text("  ");
}

std::string rehearsals_text(const JsonValue& json) {
    std::string text;
    for (const auto& rehearsal : list(json, "rehearsals")) {
        text += fmt::format("The loss of host {} was rehearsed for {} at {}{}\n",
                            words(rehearsal, "host"), span_of(rehearsal, "lasted_ms"),
                            words(rehearsal, "began"),
                            is_true(rehearsal, "running") ? ", and still is" : "");
        Table table({"CLIENT", "ID", "OUTCOME", "TO", "TOOK", "LOST"});
        for (const auto& client : list(rehearsal, "clients"))
            table.add({words(client, "name"), words(client, "id"), words(client, "outcome"),
                       get(client, "to").is_null() ? "-" : "host " + words(client, "to"),
                       get(client, "took_us").is_null()
                           ? "-"
                           : ms_text(static_cast<std::uint64_t>(number(client, "took_us"))),
                       words(client, "lost")});
        text += list(rehearsal, "clients").empty() ? "  No client was there.\n" : table.text("  ");
    }
    return text.empty() ? "No loss was rehearsed since midi-admin started.\n" : text;
}

/// Of a command that was carried out.
std::string done_text(const JsonValue& json) {
    const auto why = words(json, "why");
    auto text = fmt::format("DONE, says host {}{}{}\n", words(json, "host"),
                            why.empty() || why == "?" ? "" : ": ", why == "?" ? "" : why);
    if (list(json, "clients").empty()) return text;
    text += fmt::format("  {} of {} clients follow\n", words(json, "clients_ok"),
                        words(json, "clients_total"));
    Table table({"CLIENT", "ID", "OUTCOME", "TIME"});
    for (const auto& client : list(json, "clients"))
        table.add({words(client, "name"), words(client, "id"), words(client, "outcome"),
                   took_of(client)});
    return text + table.text("  ");
}

}  // namespace

std::string api_text(Task task, const JsonValue& answer) {
    switch (task) {
        case Task::Status:
            return status_text(answer);
        case Task::Hosts:
            return hosts_text(answer);
        case Task::Clients:
            return clients_text(answer);
        case Task::Focus:
            return focus_text(answer);
        case Task::Rehearsals:
            return rehearsals_text(answer);
        case Task::FailoverStatus:
            return failover_text(answer);
        default:
            return done_text(answer);
    }
}

}  // namespace midinet::control::cli
