#include "control/cli/api/json_words.hpp"
#include "control/cli/metrics.hpp"
#include "control/cli/table.hpp"
#include "control/report/words.hpp"

namespace midinet::control::cli {
namespace {

std::string mebibytes(const JsonValue& json, const char* key) {
    return get(json, key).is_number() ? fmt::format("{:.0f} MiB", number(json, key) / 1'048'576)
                                      : "?";
}
std::string percent(const JsonValue& share) {
    return share.is_number() ? fmt::format("{:.0f} %", share.get<double>() * 100) : "?";
}
/// Of the hosts and clients that midi-admin hears; empty: none, or nobody was asked.
std::string machines_text(const JsonValue& json) {
    const auto machines = list(json, "machines");
    if (machines.empty()) return {};
    Table table({"MACHINE", "NAME", "CPU", "MEMORY FREE", "DISK FREE", "TEMPERATURE", "NOTES"});
    for (const auto& one : machines) {
        const auto temperature = get(one, "temperature_c");
        const auto disks = list(one, "disks");
        table.add({words(one, "kind") + ' ' + words(one, "id"), words(one, "name"),
                   percent(get(one, "cpu")), mebibytes(get(one, "memory"), "available_bytes"),
                   disks.empty() ? "?" : mebibytes(disks[0], "available_bytes"),
                   temperature.is_null() ? "not told" : words(temperature) + " °C",
                   is_true(one, "gone") ? "GONE" : ""});
    }
    return '\n' + table.text();
}
std::string latency(const JsonValue& json, const char* key) {
    return ms_text(static_cast<std::uint64_t>(number(json, key)));
}

}  // namespace

std::string midi_metrics_text(const JsonValue& json) {
    const auto totals = get(json, "totals");
    auto text = fmt::format("{} events/s; clients play {} /s and lose {} /s; slowest p99 {}\n\n",
                            words(totals, "events_per_s"), words(totals, "played_per_s"),
                            words(totals, "lost_per_s"), latency(totals, "transit_p99_us"));
    Table hosts({"HOST", "NAME", "EVENTS/S", "EVENTS", "DATAGRAMS", "RETRANSMITTED", "NOTES"});
    for (const auto& host : list(json, "hosts")) {
        const auto counters = get(host, "counters");
        hosts.add({words(host, "id"), words(host, "name"), words(get(host, "rate"), "events_per_s"),
                   words(counters, "events"), words(counters, "datagrams"),
                   words(counters, "retransmitted"), is_true(host, "gone") ? "GONE" : ""});
    }
    Table clients(
        {"CLIENT", "PLAYED/S", "LOST/S", "PLAYED", "LOST", "REPAIRED", "P50", "P99", "NOTES"});
    for (const auto& client : list(json, "clients")) {
        const auto counters = get(client, "counters");
        const auto rate = get(client, "rate");
        clients.add({words(client, "name"), words(rate, "played_per_s"), words(rate, "lost_per_s"),
                     words(counters, "played"), words(counters, "lost"),
                     words(counters, "repaired"), latency(client, "transit_p50_us"),
                     latency(client, "transit_p99_us"), is_true(client, "gone") ? "GONE" : ""});
    }
    return text + hosts.text() + '\n' + clients.text();
}

std::string system_metrics_text(const JsonValue& json) {
    const auto memory = get(json, "memory");
    const auto temperature = get(json, "temperature_c");
    auto text = fmt::format(
        "CPU          {} of {} cores; load {}\nMemory       {} available of {}\n"
        "Temperature  {}\n",
        percent(get(json, "cpu")), words(json, "cores"), words(json, "load"),
        mebibytes(memory, "available_bytes"), mebibytes(memory, "total_bytes"),
        temperature.is_null() ? "not told" : words(temperature) + " °C");
    for (const auto& disk : list(json, "disks"))
        text += fmt::format("Disk         {}: {} available of {}\n", words(disk, "path"),
                            mebibytes(disk, "available_bytes"), mebibytes(disk, "total_bytes"));
    if (list(json, "interfaces").empty()) return text + machines_text(json);
    Table table(
        {"NETWORK", "MBIT/S", "RECEIVED", "ERRORS", "DROPPED", "SENT", "ERRORS", "DROPPED"});
    for (const auto& one : list(json, "interfaces"))
        table.add({words(one, "name"), words(one, "speed_mbit"), mebibytes(one, "received_bytes"),
                   words(one, "received_errors"), words(one, "received_dropped"),
                   mebibytes(one, "sent_bytes"), words(one, "sent_errors"),
                   words(one, "sent_dropped")});
    return text + '\n' + table.text() + machines_text(json);
}

std::string alerts_text(const JsonValue& json) {
    const auto alerts = list(json, "active");
    if (alerts.empty()) return "No alert.\n";
    std::string text;
    for (const auto& alert : alerts) {
        const bool seen = !get(alert, "acknowledged").is_null();
        const bool muted = !get(alert, "muted_until").is_null();
        text += fmt::format("{}{}{}\n", words(alert, "text"), seen ? " (acknowledged)" : "",
                            muted ? " (muted)" : "");
        text += fmt::format("    {}, since {}; id {}\n", words(alert, "kind"),
                            words(alert, "since"), words(alert, "id"));
        if (const auto fix = get(alert, "fix"); fix.is_string())
            text += "    Fix: " + words(fix) + '\n';
    }
    return text;
}

}  // namespace midinet::control::cli
