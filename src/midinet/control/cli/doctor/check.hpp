// What the doctor looks at, and what he says of it.
#pragma once

#include "control/plane/admin_book.hpp"
#include "control/plane/roster.hpp"
#include "io/machine.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control::cli {

/// Note: worth knowing, and nothing that is known to be wrong.
enum class CheckOutcome : std::uint8_t { Ok, Skipped, Note, Warning, Fault };
/// "ok", "skipped", "note", "warning", "fault": as JSON has it.
std::string_view to_string(CheckOutcome outcome) noexcept;

struct Check {
    std::string name;  ///< "querier", "firewall" …: docs/man/midinet-cli.1 lists them
    CheckOutcome outcome = CheckOutcome::Ok;
    std::string finding;  ///< what is the case; Skipped: why it was not looked at
    std::string fix;      ///< what to do; empty when there is nothing to do
    friend bool operator==(const Check&, const Check&) = default;
};

/// What was heard on one interface.
struct HeardThere {
    std::string interface;
    bool loopback = false;
    std::uint64_t statuses = 0;
    std::uint64_t heartbeats = 0;
    std::uint64_t data = 0;
    std::optional<std::uint32_t> querier;  ///< who asked
    std::string querier_trouble;           ///< why nobody could be heard asking
    /// A group was left, and a querier asks at once whether others are still in it.
    bool provoked = false;
};
/// A datagram of our own, to a group of our own and back, on one interface and port.
struct Probe {
    std::string interface;
    std::uint16_t port = 0;
    bool came_back = false;
    std::string trouble;  ///< why it could not be sent
};
/// One run of a host, as its statuses tell.
struct HostRun {
    std::string name;
    std::uint32_t address = 0;
    TimePoint first;
    TimePoint last;
};
/// What the API said, where one was named.
struct ApiFact {
    std::string url;
    int status = 0;       ///< of GET /api/status; 0: it did not answer
    std::string trouble;  ///< why not
    bool has_token = false;
    std::optional<std::int64_t> ahead_ms{};  ///< its clock of this one; nothing: it did not say
};

/// All that the checks judge.
struct Facts {
    Duration listened{};
    std::uint16_t first_port = 0;  ///< of the device that is asked about: data
    std::string own_version;
    std::vector<io::InterfaceFact> interfaces;
    std::vector<std::string> used;  ///< names of the interfaces that were looked at
    std::string network_trouble;    ///< why the network could not be listened to
    std::vector<HeardThere> heard;  ///< one an interface used
    std::vector<Probe> probes;
    plane::Roster roster;
    plane::AdminBook admins;
    TimePoint now;
    std::map<HostId, std::map<Epoch, HostRun>> runs;
    std::optional<std::set<HostId>> found;  ///< by DNS-SD; nothing: not looked for
    std::string dns_sd_trouble;
    io::FirewallFact firewall;
    io::ClockFact clock;
    io::RealtimeFact realtime;
    std::optional<ApiFact> api;
};

// Each is pure: facts in, verdict out.
Check check_interface(const Facts& facts);
Check check_querier(const Facts& facts);
Check check_groups(const Facts& facts);
Check check_probe(const Facts& facts);
Check check_firewall(const Facts& facts);
Check check_host_ids(const Facts& facts);
Check check_mdns(const Facts& facts);
Check check_clock(const Facts& facts);
Check check_realtime(const Facts& facts);
Check check_port_names(const Facts& facts);
Check check_versions(const Facts& facts);
Check check_configuration(const Facts& facts);
Check check_admins(const Facts& facts);
Check check_api(const Facts& facts);

/// All of them, in this order.
std::vector<Check> examine(const Facts& facts);

}  // namespace midinet::control::cli
