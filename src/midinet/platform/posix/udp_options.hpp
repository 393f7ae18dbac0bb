// What this project asks of a UDP socket of the system. errno tells why something is refused.
#pragma once

#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/interfaces.hpp"

#include <cstdint>

namespace midinet::platform {

/// Non-blocking, with large buffers, bound to nothing. `hears_group`: it hears the groups it joins
/// itself and no others. Invalid when refused.
FileDescriptor open_udp(bool hears_group, bool shared) noexcept;

/// True also when it is a member already.
bool join_group(int fd, std::uint32_t group, const Interface& on) noexcept;
void leave_group(int fd, std::uint32_t group, const Interface& on) noexcept;

/// All that is sent leaves through `on`, multicast with TTL 1 and looped back to this machine.
bool send_through(int fd, const Interface& on) noexcept;

}  // namespace midinet::platform
