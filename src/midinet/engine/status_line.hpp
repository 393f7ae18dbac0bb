// A client's counters as one line of JSON.
#pragma once

#include "engine/client_engine.hpp"

#include <string>

namespace midinet::engine {

/// Keys are stable: device, delivered, lost, repaired, duplicates, nacks, played, corrections,
/// transit_p50_us, transit_p99_us, dropped, internal_faults. `dropped`: datagrams a lossy network
/// dropped on purpose.
std::string status_line(const ClientStatus& status, std::uint64_t dropped, DeviceSlot slot);

}  // namespace midinet::engine
