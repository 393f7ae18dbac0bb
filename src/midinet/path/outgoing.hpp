// One datagram being written.
#pragma once

#include "base/verify.hpp"
#include "wire/header.hpp"

#include <array>

namespace midinet::path {

/// A buffer with its header begun. RT-safe, on the stack.
class Outgoing {
  public:
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
    explicit Outgoing(const wire::Header& header) noexcept {
        wire::begin_datagram(writer_, header);
    }
    Outgoing(const Outgoing&) = delete;
    Outgoing& operator=(const Outgoing&) = delete;

    ByteWriter& writer() noexcept { return writer_; }
    /// The finished datagram; empty when it did not fit, which is a bug. Lifetime: this object.
    std::span<std::byte> finish() noexcept {
        if (!MIDINET_VERIFY(wire::end_datagram(writer_))) return {};
        return std::span{buffer_}.first(writer_.size());
    }

  private:
    /// Only what is written of it is ever read: not zeroed, every event would pay for it.
    std::array<std::byte, wire::kMaxDatagram> buffer_;
    ByteWriter writer_{std::span{buffer_.data(), buffer_.size()}};
};

}  // namespace midinet::path
