// UDP from anybody, of either family: for control surfaces, which speak from where they are.
#pragma once

#include "base/bytes.hpp"
#include "io/ip_address.hpp"
#include "io/waiter.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace midinet::io {

struct Heard {
    ByteView bytes;  ///< Lifetime: the buffer given to `receive`
    IpEndpoint from;
};

/// One port of this machine, on every interface. It only listens. The destructor closes it.
class DatagramListener {
  public:
    virtual ~DatagramListener() = default;
    virtual Handle handle() const noexcept = 0;
    virtual IpEndpoint local() const noexcept = 0;  ///< "[::]:8000", or "0.0.0.0:8000" alone
    /// The next datagram waiting, or nothing. Never blocks. A datagram longer than `buffer` is
    /// given cut to buffer.size(): offer one byte more than the longest that is welcome. Thread:
    /// control. RT-safe.
    virtual std::optional<Heard> receive(std::span<std::byte> buffer) noexcept = 0;
};

}  // namespace midinet::io
