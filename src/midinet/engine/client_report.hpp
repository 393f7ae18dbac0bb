// A client's counters as what it says of itself once a second.
#pragma once

#include "control/plane/message.hpp"
#include "engine/client_engine.hpp"

#include <optional>
#include <string>
#include <vector>

namespace midinet::engine {

/// What `status` says as of `now`; the caller adds what only it knows: names and ports.
/// `interfaces`: the names that the legs' indices mean.
control::plane::ClientStatus client_report(const ClientStatus& status,
                                           const std::vector<std::string>& interfaces,
                                           TimePoint now);

/// How long events took, since the start; the caller adds the id. Nothing while none was played.
std::optional<control::plane::TransitStatus> transit_report(const Histogram& transit);

}  // namespace midinet::engine
