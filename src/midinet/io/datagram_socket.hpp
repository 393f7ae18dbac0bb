// UDP over one named interface.
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "io/waiter.hpp"

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace midinet::io {

/// An IPv4 address and port, host byte order.
struct Endpoint {
    std::uint32_t address = 0;
    std::uint16_t port = 0;
    friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};
/// "239.69.83.1:5004".
std::string to_string(const Endpoint& endpoint);
/// Dotted quad to host order; nothing when it is not one.
std::optional<std::uint32_t> parse_ipv4(const std::string& text);
constexpr bool is_multicast(std::uint32_t address) noexcept { return (address >> 28U) == 0xEU; }

struct Received {
    ByteView bytes;  ///< Lifetime: the buffer given to `receive`
    Endpoint from;
};

/// One socket on one interface. The destructor closes it and leaves its group.
class DatagramSocket {
  public:
    virtual ~DatagramSocket() = default;
    virtual Handle handle() const noexcept = 0;
    virtual Endpoint local() const noexcept = 0;
    /// The next datagram waiting, or nothing. Never blocks. A datagram longer than `buffer` is
    /// given cut to buffer.size(): offer one byte more than the longest legal one and decoders
    /// refuse it. Thread: the engine's. RT-safe.
    virtual std::optional<Received> receive(std::span<std::byte> buffer) noexcept = 0;
    /// False when the kernel refused (no route, link down, buffer full): the caller counts it.
    /// Never blocks. RT-safe.
    virtual bool send(Endpoint to, ByteView bytes) noexcept = 0;
};

/// Opens sockets. Every one names its interface; nothing depends on the routing table.
class Network {
  public:
    virtual ~Network() = default;
    /// Receives what is sent to group:port and arrives on `interface`. Several processes may share
    /// the port.
    virtual Result<std::unique_ptr<DatagramSocket>> open_group(Endpoint group,
                                                               const std::string& interface) = 0;
    /// Bound to the interface's address. Sends multicast through that interface with TTL 1, looped
    /// back to this machine, DSCP EF. Port 0 = any free one; another port may be shared by several
    /// processes when `shared`.
    virtual Result<std::unique_ptr<DatagramSocket>> open_unicast(const std::string& interface,
                                                                 std::uint16_t port,
                                                                 bool shared) = 0;
    /// Names of the interfaces to use when none is configured: up, with an IPv4 address; never
    /// loopback.
    virtual std::vector<std::string> usable_interfaces() = 0;
    /// Whether a socket could be opened on it now. Errors: the sentence that says why not.
    virtual Result<void> check_interface(const std::string& interface) = 0;

    struct Tended {
        bool replaced = false;  ///< some handle means another socket: watch all of them again
        std::vector<std::string>
            news;  ///< for people: which interfaces are used anew, or otherwise
    };
    /// Keeps every socket it opened on its interface, and every group joined, while interfaces
    /// vanish, return or change. To be called about once a second. Thread: the one that opens.
    virtual Tended tend() = 0;
};

}  // namespace midinet::io
