// What came of a conversation: all that a report is made of.
#pragma once

#include "control/cli/exit_code.hpp"
#include "control/cli/request.hpp"
#include "control/discovery/host_finder.hpp"
#include "control/plane/command_sender.hpp"
#include "control/plane/roster.hpp"
#include "control/report/show_view.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace midinet::control::cli {

/// Lifetime: of what it refers to.
struct Scene {
    const Request& request;
    const plane::Roster& roster;
    const plane::CommandSender& sender;   ///< Idle when the request asks nothing
    TimePoint now;                        ///< the end of the conversation
    Duration took{};                      ///< the whole of it
    std::vector<std::string> interfaces;  ///< that were used
    std::uint64_t not_understood = 0;     ///< datagrams heard that were no message of ours
    std::uint64_t send_failures = 0;
    std::string not_asked;  ///< why nothing was sent; empty: it was, or there was nothing to ask
    SenderId client{};      ///< GiveFocus: whom it was asked for
    std::string dns_sd_trouble;  ///< why nothing is found by DNS-SD; empty: no reason
    const std::map<HostId, FoundHost>* found = nullptr;  ///< by DNS-SD; null: not looked for
    const plane::AdminBook* admins = nullptr;            ///< null: not listened for

    ShowView view() const { return {roster, now, request.device, found, admins}; }
};

/// What the program ends with, by what was asked.
ExitCode exit_code_of(const Scene& scene);

/// For a person: lines that end with '\n'.
std::string text_report(const Scene& scene);
/// For a program: one JSON object and '\n'. Keys: docs/man/midinet-cli.1.
std::string json_report(const Scene& scene);

}  // namespace midinet::control::cli
