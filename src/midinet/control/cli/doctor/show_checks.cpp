#include "control/cli/doctor/check.hpp"
#include "control/config_text.hpp"
#include "control/report/admins.hpp"
#include "control/report/agreement.hpp"
#include "control/report/counted.hpp"
#include "control/report/versions.hpp"
#include "control/report/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

namespace midinet::control::cli {
namespace {

using Outcome = CheckOutcome;

constexpr std::int64_t kMostSkewMs = 1000;  ///< the API's picture may be some of this old

Check twins(HostId id, const std::string& one, const std::string& other) {
    return {"host_ids", Outcome::Fault,
            fmt::format("two hosts have id {}: {} and {}", id.value, one, other),
            "give one of them another id: [host] id in its midinet.toml, and restart it"};
}

std::string host_text(std::string_view name, std::uint32_t address) {
    return fmt::format("\"{}\" at {}", name, address_text(address));
}

}  // namespace

Check check_host_ids(const Facts& facts) {
    // Statuses of both come all the time. A restarted host's earlier run is over.
    for (const auto& [id, runs] : facts.runs)
        for (auto a = runs.begin(); a != runs.end(); ++a)
            for (auto b = std::next(a); b != runs.end(); ++b)
                if (a->second.first < b->second.last && b->second.first < a->second.last)
                    return twins(id, host_text(a->second.name, a->second.address),
                                 host_text(b->second.name, b->second.address));
    for (const auto& [id, host] : facts.roster.hosts())
        if (const auto& twin = host.status.conflict)
            return twins(id, host_text(host.status.name.view(), host.from.address),
                         "one at " + address_text(twin->address));
    if (facts.roster.hosts().empty()) return {"host_ids", Outcome::Skipped, "no host is heard", {}};
    return {"host_ids",
            Outcome::Ok,
            fmt::format("{}, each with its own id", counted(facts.roster.hosts().size(), "host")),
            {}};
}

Check check_clock(const Facts& facts) {
    const auto ahead = facts.api ? facts.api->ahead_ms : std::nullopt;
    if (ahead && (*ahead > kMostSkewMs || *ahead < -kMostSkewMs))
        return {"clock", Outcome::Warning,
                fmt::format("the clock of {} is {} {} this machine's: log lines and histories of "
                            "both do not fit together (MIDI does not need it)",
                            facts.api->url, span_text(static_cast<std::uint64_t>(std::abs(*ahead))),
                            *ahead > 0 ? "ahead of" : "behind"),
                "timedatectl set-ntp true on both machines, or install chrony"};
    if (!facts.clock.known)
        return {"clock", Outcome::Skipped, "the system does not tell of its clock", {}};
    if (!facts.clock.synchronised)
        return {"clock", Outcome::Note,
                "nobody keeps this machine's clock: its log lines and those of others do not fit "
                "together (MIDI does not need it)",
                "timedatectl set-ntp true, or install chrony"};
    return {"clock",
            Outcome::Ok,
            fmt::format("kept, to {:.1f} ms", static_cast<double>(facts.clock.max_error_us) / 1e3),
            {}};
}

Check check_realtime(const Facts& facts) {
    const auto& fact = facts.realtime;
    if (fact.priority < fact.wanted || !fact.refusals.empty())
        return {"realtime", Outcome::Warning,
                fact.refusals.empty() ? "real-time scheduling was refused" : fact.refusals.front(),
                "for this user; the services bring their own limits (LimitRTPRIO=, "
                "LimitMEMLOCK=infinity)"};
    if (fact.memlock_limit && *fact.memlock_limit < std::uint64_t{64} << 20U && fact.priority == 0)
        return {"realtime", Outcome::Warning,
                fmt::format("only {} KiB of memory may be locked", *fact.memlock_limit / 1024),
                "LimitMEMLOCK=infinity in the service, or memlock in /etc/security/limits.d"};
    return {"realtime",
            Outcome::Ok,
            fmt::format("SCHED_FIFO {} is granted; memory that may be locked: {}", fact.priority,
                        fact.memlock_limit ? fmt::format("{} KiB", *fact.memlock_limit / 1024)
                                           : std::string("all")),
            {}};
}

Check check_port_names(const Facts& facts) {
    std::set<std::pair<std::string, std::string>> names;
    std::size_t open = 0;
    for (const auto& [id, client] : facts.roster.clients()) {
        const auto& s = client.status;
        if (client.gone(facts.now) || s.port_name.empty()) continue;
        ++open;
        const auto [at, is_new] =
            names.emplace(std::string(s.name.view()), std::string(s.port_name.view()));
        if (!is_new)
            return {"port_names", Outcome::Warning,
                    fmt::format("two clients of machine \"{}\" have a port \"{}\": applications "
                                "cannot tell them apart",
                                at->first, at->second),
                    "stop one of them, or give it another midi.device_name"};
    }
    if (open == 0) return {"port_names", Outcome::Skipped, "no client is heard", {}};
    return {"port_names",
            Outcome::Ok,
            fmt::format("{}, none with another's port name on the same machine",
                        counted(open, "client")),
            {}};
}

Check check_versions(const Facts& facts) {
    auto boxes = boxes_by_version(facts.roster, facts.now);
    if (boxes.empty()) return {"versions", Outcome::Skipped, "no box is heard", {}};
    boxes[facts.own_version].emplace_back("this program");
    if (boxes.size() == 1)
        return {"versions", Outcome::Ok, fmt::format("all boxes are {}", facts.own_version), {}};
    return {"versions", Outcome::Warning,
            fmt::format("boxes are of different versions; {}", versions_text(boxes)),
            "bring all of them to the newest one"};
}

Check check_configuration(const Facts& facts) {
    const auto present = facts.roster.hosts_present(facts.now);
    if (present == 0) return {"config", Outcome::Skipped, "no host is heard", {}};
    if (auto told = disagreement(facts.roster, facts.now))
        return {"config", Outcome::Warning, std::move(*told), kAgreementFix};
    return {"config",
            Outcome::Ok,
            fmt::format("{}, told the same where they must agree", counted(present, "host")),
            {}};
}

Check check_admins(const Facts& facts) {
    const auto& admins = facts.admins.admins();
    if (admins.empty()) return {"admins", Outcome::Skipped, "no midi-admin is heard", {}};
    if (auto findings = admin_findings(facts.admins, {}); !findings.empty())
        return {"admins", Outcome::Warning, std::move(findings.front().text),
                std::move(findings.front().fix)};
    std::vector<std::string> urls;
    urls.reserve(admins.size());
    for (const auto& [id, admin] : admins) urls.push_back(admin_url(admin));
    return {"admins",
            Outcome::Ok,
            fmt::format("{} midi-admin{}: {}", urls.size(), urls.size() == 1 ? "" : "s, agreeing",
                        fmt::join(urls, ", ")),
            {}};
}

Check check_api(const Facts& facts) {
    if (!facts.api)
        return {"api", Outcome::Skipped, "no API was named: --url http://host:8080", {}};
    const auto& api = *facts.api;
    if (api.status == 0)
        return {"api", Outcome::Fault, fmt::format("{} does not answer: {}", api.url, api.trouble),
                "is midi-admin running there, and does TCP reach its port?"};
    if (api.status == 401)
        return {"api", Outcome::Fault,
                api.has_token ? fmt::format("{} does not take this token", api.url)
                              : fmt::format("{} wants a token", api.url),
                "give the one that midi-admin was started with: MIDINET_API_TOKEN, --token-file or "
                "--token"};
    if (api.status != 200)
        return {"api", Outcome::Fault, fmt::format("{} answers {}", api.url, api.status),
                "is this midi-admin's address? docs/rest_api.md tells what its answers mean"};
    return {"api", Outcome::Ok, fmt::format("{} answers", api.url), {}};
}

}  // namespace midinet::control::cli
