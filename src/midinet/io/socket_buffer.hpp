// What sockets ask of the system.
#pragma once

#include <cstddef>

namespace midinet::io {

/// Every socket asks for so much, for what waits to be received and for what waits to be sent:
/// about a second of a full-rate stream while the machine is stalled. Units: bytes.
inline constexpr std::size_t kSocketBufferBytes = std::size_t{4} * 1024 * 1024;

}  // namespace midinet::io
