// What to type on this system, for whoever reads an error.
#pragma once

#include <cstdint>
#include <string>

namespace midinet::platform {

/// A command that says which program holds a UDP port.
std::string who_holds_port(std::uint16_t port);
/// A command that brings a network interface up.
std::string bring_up(const std::string& interface);
/// A command that gives it an IPv4 address, ADDRESS for the address.
std::string give_address(const std::string& interface);

}  // namespace midinet::platform
