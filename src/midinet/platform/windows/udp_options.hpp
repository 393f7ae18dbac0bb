// What this project asks of a UDP socket of Windows. WSAGetLastError() tells why something is
// refused.
#pragma once

#include "platform/posix/interfaces.hpp"
#include "platform/windows/winsock.hpp"

#include <mswsock.h>

#include <cstdint>

namespace midinet::platform {

/// Non-blocking, with large buffers, bound to nothing. `hears_group`: it tells of each datagram
/// which group and interface it came by. Invalid when refused.
OwnedSocket open_udp(bool hears_group, bool shared) noexcept;

/// True also when it is a member already.
bool join_group(SOCKET socket, std::uint32_t group, const Interface& on) noexcept;
void leave_group(SOCKET socket, std::uint32_t group, const Interface& on) noexcept;

/// All that is sent leaves through `on`, multicast with TTL 1 and looped back to this machine.
bool send_through(SOCKET socket, const Interface& on) noexcept;

/// Winsock has this function for who asks the socket for it; nullptr when it has not.
LPFN_WSARECVMSG receive_function(SOCKET socket) noexcept;

}  // namespace midinet::platform
