// Ranges of addresses, as a configuration names those that may speak.
#pragma once

#include "base/result.hpp"
#include "io/ip_address.hpp"

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace midinet::control {

/// A network (RFC 4632 and RFC 4291 §2.3) or, with the longest prefix, one address.
///
/// The families do not mix: "::/0" is every IPv6 address and no IPv4 one. An IPv4 sender that an
/// IPv6 socket names ::ffff:a.b.c.d is an IPv4 sender, and "::ffff:10.0.0.0/104" is "10.0.0.0/8".
class IpRange {
  public:
    /// ::/128, an address nobody has.
    constexpr IpRange() noexcept = default;
    /// "192.168.1.0/24", "fd00::/8", or an address alone. Errors: a sentence for what the text is
    /// not, with what to write where that can be guessed; among others for bits beyond the prefix,
    /// which are a mistake in either half of the text.
    static Result<IpRange> parse(std::string_view text);

    bool contains(const io::IpAddress& address) const noexcept;
    /// Of the range's own family. Range: 0..32 for IPv4, 0..128 for IPv6.
    std::uint8_t prefix() const noexcept;
    const io::IpAddress& network() const noexcept { return network_; }

    friend auto operator<=>(const IpRange&, const IpRange&) = default;

  private:
    IpRange(io::IpAddress network, std::uint8_t bits) noexcept : network_(network), bits_(bits) {}

    io::IpAddress network_;
    std::uint8_t bits_ = 128;  ///< of the 16 bytes, also for IPv4
};

/// Always with its prefix: "10.0.0.7/32". Reading it gives the range again.
std::string to_string(const IpRange& range);

bool any_contains(std::span<const IpRange> ranges, const io::IpAddress& address) noexcept;

}  // namespace midinet::control
