// UDP sockets of whichever system this is built for: what the network that tends them is made of.
#pragma once

#ifdef _WIN32
#include "platform/windows/udp_seat.hpp"
#include "platform/windows/udp_socket.hpp"
#else
#include "platform/posix/udp_seat.hpp"
#include "platform/posix/udp_socket.hpp"
#endif
