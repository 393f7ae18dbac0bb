// A host's counters as what it says of itself once a second.
#pragma once

#include "control/host_config.hpp"
#include "control/plane/message.hpp"
#include "engine/host_engine.hpp"

namespace midinet::engine {

/// What `status` and `config` say; the caller adds what only it knows: names, times, conflicts.
control::plane::HostStatus host_report(const control::HostConfig& config, const HostStatus& status);

}  // namespace midinet::engine
