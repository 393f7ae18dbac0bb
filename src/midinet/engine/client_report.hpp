// A client's counters as what it says of itself once a second.
#pragma once

#include "control/plane/message.hpp"
#include "engine/client_engine.hpp"

#include <string>
#include <vector>

namespace midinet::engine {

/// What `status` says as of `now`; the caller adds what only it knows: names and ports.
/// `interfaces`: the names that the legs' indices mean.
control::plane::ClientStatus client_report(const ClientStatus& status,
                                           const std::vector<std::string>& interfaces,
                                           TimePoint now);

}  // namespace midinet::engine
