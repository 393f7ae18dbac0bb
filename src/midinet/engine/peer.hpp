// A peer as the engines pack it: which socket, which address, which port.
#pragma once

#include "io/datagram_socket.hpp"
#include "path/types.hpp"

namespace midinet::engine {

struct PeerAddress {
    std::uint8_t socket = 0;  ///< index into the engine's answering sockets
    io::Endpoint endpoint;
};

constexpr path::Peer pack(const PeerAddress& a) noexcept {
    return {(std::uint64_t{a.socket} << 48U) | (std::uint64_t{a.endpoint.port} << 32U) |
            a.endpoint.address};
}
constexpr PeerAddress unpack(path::Peer p) noexcept {
    return {static_cast<std::uint8_t>(p.value >> 48U),
            {static_cast<std::uint32_t>(p.value), static_cast<std::uint16_t>(p.value >> 32U)}};
}

}  // namespace midinet::engine
