// The network interfaces of this machine, as IPv4 sees them.
#pragma once

#include "base/result.hpp"
#include "io/ip_address.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace midinet::platform {

struct Interface {
    std::string name;
    unsigned index = 0;
    std::uint32_t address = 0;  ///< its first IPv4 address, host order; 0 = it has none
    bool up = false;
    bool loopback = false;
};

/// Every interface, in the system's order; empty when the system does not say.
std::vector<Interface> list_interfaces();

/// The named one among `all`. Errors: absent (names those that exist), or without an IPv4 address.
Result<Interface> find_interface(const std::vector<Interface>& all, const std::string& name);

/// Names of those that are up and have an address; never loopback ones.
std::vector<std::string> usable_names(const std::vector<Interface>& all);

/// Whether something of this machine can listen there; of :: and 0.0.0.0 always.
bool has_address(const io::IpAddress& address);

}  // namespace midinet::platform
