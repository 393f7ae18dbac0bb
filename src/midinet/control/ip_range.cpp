#include "control/ip_range.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace midinet::control {
namespace {

constexpr unsigned kIpv4Bits = 32;
constexpr unsigned kAllBits = 128;
constexpr unsigned kMappedBits = kAllBits - kIpv4Bits;  ///< in front of an IPv4 address

/// The first `bits` of the address, zeros behind.
io::IpAddress masked(const io::IpAddress& address, unsigned bits) noexcept {
    auto bytes = address.bytes();
    for (unsigned i = 0; i < bytes.size(); ++i) {
        const unsigned kept = std::clamp(bits, 8 * i, 8 * i + 8) - 8 * i;
        bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xFF00U >> kept));
    }
    return io::IpAddress{bytes};
}

std::optional<unsigned> parse_prefix(std::string_view text, unsigned longest) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    const bool padded = text.size() > 1 && text[0] == '0';
    return whole && !padded && value <= longest ? std::optional{value} : std::nullopt;
}

}  // namespace

Result<IpRange> IpRange::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view address_part = text.substr(0, slash);
    const auto address = io::parse_ip(address_part);
    if (!address) return tl::unexpected(address.error());
    // What is written as IPv6 counts its bits as IPv6, mapped or not.
    const bool dotted = address_part.find(':') == std::string_view::npos;
    const unsigned longest = dotted ? kIpv4Bits : kAllBits;
    const auto prefix = slash == std::string_view::npos
                            ? std::optional{longest}
                            : parse_prefix(text.substr(slash + 1), longest);
    if (!prefix)
        return fail("the length of a prefix is a number from 0 to " + std::to_string(longest));

    const unsigned bits = dotted ? kMappedBits + *prefix : *prefix;
    const IpRange range{masked(*address, bits), static_cast<std::uint8_t>(bits)};
    if (range.network_ == *address) return range;
    return fail("bits are set beyond the prefix; write \"" + to_string(range) +
                "\" for the network or \"" + io::to_string(*address) + "\" for the address alone");
}

bool IpRange::contains(const io::IpAddress& address) const noexcept {
    return address.is_ipv4() == network_.is_ipv4() && masked(address, bits_) == network_;
}

std::uint8_t IpRange::prefix() const noexcept {
    return static_cast<std::uint8_t>(network_.is_ipv4() ? bits_ - kMappedBits : bits_);
}

std::string to_string(const IpRange& range) {
    return io::to_string(range.network()) + "/" + std::to_string(range.prefix());
}

bool any_contains(std::span<const IpRange> ranges, const io::IpAddress& address) noexcept {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const IpRange& range) { return range.contains(address); });
}

}  // namespace midinet::control
