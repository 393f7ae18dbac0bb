// Addresses of both families as one value.
#pragma once

#include "base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace midinet::io {

/// An IPv4 or IPv6 address. IPv4 is kept as IPv6 maps it (::ffff:a.b.c.d, RFC 4291 §2.5.5.2), so
/// that a datagram from an IPv4 sender means the same on a socket of either family. There is no
/// zone: a link-local address is the same on every link. Default: ::.
class IpAddress {
  public:
    using Bytes = std::array<std::uint8_t, 16>;  ///< network order

    constexpr IpAddress() noexcept = default;
    explicit constexpr IpAddress(const Bytes& bytes) noexcept : bytes_(bytes) {}
    /// From host order.
    static IpAddress from_ipv4(std::uint32_t address) noexcept;

    const Bytes& bytes() const noexcept { return bytes_; }
    bool is_ipv4() const noexcept;

    friend bool operator==(const IpAddress&, const IpAddress&) = default;
    /// By hand: older standard libraries' arrays (libc++ 16) have no <=>.
    friend std::strong_ordering operator<=>(const IpAddress& a, const IpAddress& b) {
        if (a.bytes_ == b.bytes_) return std::strong_ordering::equal;
        return a.bytes_ < b.bytes_ ? std::strong_ordering::less : std::strong_ordering::greater;
    }

  private:
    Bytes bytes_{};
};

/// "10.0.0.7", also for a mapped one; "fe80::1" (RFC 5952).
std::string to_string(const IpAddress& address);

/// Dotted quad, or any form of RFC 4291 §2.2. Errors: a sentence without the text itself; among
/// others for a zone ("%eth0"), brackets, and a leading zero in a dotted quad, which some programs
/// take for octal.
Result<IpAddress> parse_ip(std::string_view text);

/// An address and a UDP port.
struct IpEndpoint {
    IpAddress address;
    std::uint16_t port = 0;
    friend auto operator<=>(const IpEndpoint&, const IpEndpoint&) = default;
};
/// "10.0.0.7:8000" or "[fe80::1]:8000".
std::string to_string(const IpEndpoint& endpoint);

}  // namespace midinet::io
