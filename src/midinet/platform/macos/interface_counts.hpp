// What went through the network interfaces, by the routing table's list of them.
#pragma once

#include "io/system_meter.hpp"

#include <vector>

namespace midinet::platform {

/// Those that are up, by name; never a loopback one. Empty when the system does not say.
std::vector<io::InterfaceReading> interface_counts();

}  // namespace midinet::platform
