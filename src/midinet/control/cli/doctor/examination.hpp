// The doctor's facts, from the network, the machine and the API, all at once.
#pragma once

#include "control/cli/conversation.hpp"
#include "control/cli/doctor/check.hpp"
#include "control/cli/order.hpp"
#include "io/http_client.hpp"

#include <functional>
#include <memory>
#include <string>

namespace midinet::control::cli {

/// Lifetime: all of it outlives the examination.
struct Instruments {
    const Surroundings& with;
    io::Machine& machine;
    io::HttpClient& web;
    std::function<Result<std::unique_ptr<io::QueryEar>>(const std::string& interface)> make_ear;
    std::string version;                    ///< of this program
    std::function<std::int64_t()> unix_ms;  ///< the wall clock
};

/// A group of our own, so that no box hears the probes.
inline constexpr const char* kProbeGroup = "239.69.83.254";
/// Another one, to be left where a querier may notice.
inline constexpr const char* kLeftGroup = "239.69.83.253";

/// Listens for as long as the order says, while other threads ask the machine and the API. Never
/// fails: what cannot be had is a fact, too.
Facts gather_facts(const Instruments& instruments, const Order& order);

/// For a person, and for a program. Pure.
std::string doctor_text(const std::vector<Check>& checks, Duration took);
std::string doctor_json(const std::vector<Check>& checks, Duration took);
/// Ok, or Degraded where some check has found something.
ExitCode exit_code_of(const std::vector<Check>& checks);

}  // namespace midinet::control::cli
