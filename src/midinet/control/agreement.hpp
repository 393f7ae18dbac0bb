// What the hosts of one show must have in common.
#pragma once

#include "control/host_config.hpp"

#include <cstdint>

namespace midinet::control {

/// A fingerprint of it, never 0: hosts whose fingerprints differ were given different [network]
/// ports, control group, [heartbeat] or rules of [failover]. Not in it: what may differ (ids,
/// names, interfaces, the host's own group, devices, triggers, roles, pipelines), and whether
/// automatic failover is armed, which a command changes while hosts run. docs/wire_format.md §14
/// tells the bytes. Pure.
std::uint32_t agreement_of(const HostConfig& config) noexcept;

}  // namespace midinet::control
