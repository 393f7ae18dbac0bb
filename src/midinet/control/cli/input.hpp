// Which of its two controllers a host reads.
#pragma once

#include "control/cli/scene.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace midinet::control::cli {

/// The host whose pair is meant: the only one that has one, or the one at one of `addresses`.
/// Errors: none or several; why, for a person. Pure.
tl::expected<SenderId, std::string> find_paired_host(const std::vector<io::Endpoint>& addresses,
                                                     const plane::Roster& roster, TimePoint now);

/// What `midinet-cli input` prints. Precondition: a host is heard.
std::string input_text(const Scene& scene);

/// The same as the array "inputs": one object for each host that has two.
void add_inputs(nlohmann::ordered_json& json, const Scene& scene);

}  // namespace midinet::control::cli
