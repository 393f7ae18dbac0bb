#include "io/ip_address.hpp"

#include "io/datagram_socket.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace midinet::io {
namespace {

constexpr std::size_t kGroups = 8;
constexpr std::size_t kMappedPrefix = 12;  ///< bytes in front of the IPv4 address

using Groups = std::vector<std::uint16_t>;

bool has_leading_zero(std::string_view quad) noexcept {
    for (std::size_t i = 0; i + 1 < quad.size(); ++i)
        if (quad[i] == '0' && quad[i + 1] != '.' && (i == 0 || quad[i - 1] == '.')) return true;
    return false;
}

std::optional<std::uint32_t> parse_quad(std::string_view text) {
    return has_leading_zero(text) ? std::nullopt : parse_ipv4(std::string(text));
}

std::optional<std::uint16_t> parse_group(std::string_view text) {
    std::uint16_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && text.size() <= 4 ? std::optional{value} : std::nullopt;
}

/// The groups between colons; the last may be a dotted quad where `may_end_in_quad`.
std::optional<Groups> parse_groups(std::string_view text, bool may_end_in_quad) {
    Groups groups;
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        const std::string_view part = text.substr(0, colon);
        const bool last = colon == std::string_view::npos;
        if (const auto group = parse_group(part)) {
            groups.push_back(*group);
        } else if (const auto quad = parse_quad(part); quad && last && may_end_in_quad) {
            groups.push_back(static_cast<std::uint16_t>(*quad >> 16U));
            groups.push_back(static_cast<std::uint16_t>(*quad & 0xFFFFU));
        } else {
            return std::nullopt;
        }
        if (last) break;
        text.remove_prefix(colon + 1);
        if (text.empty()) return std::nullopt;  // a colon with nothing after it
    }
    return groups;
}

std::optional<Groups> parse_ipv6(std::string_view text) {
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        auto groups = parse_groups(text, true);
        return groups && groups->size() == kGroups ? groups : std::nullopt;
    }
    auto front = parse_groups(text.substr(0, gap), false);
    const auto back = parse_groups(text.substr(gap + 2), true);
    // "::" stands for one group at least.
    if (!front || !back || front->size() + back->size() >= kGroups) return std::nullopt;
    front->resize(kGroups - back->size());
    front->insert(front->end(), back->begin(), back->end());
    return front;
}

struct Run {
    std::size_t at = kGroups;
    std::size_t length = 1;  ///< a single group of zeros is not shortened (RFC 5952 §4.2.2)
};

/// The first of the longest runs of zeros.
Run longest_zeros(const Groups& groups) {
    Run best;
    for (std::size_t at = 0; at < kGroups;) {
        std::size_t end = at;
        while (end < kGroups && groups[end] == 0) ++end;
        if (end - at > best.length) best = {at, end - at};
        at = end + 1;
    }
    return best;
}

std::string hex(std::uint16_t group) {
    std::array<char, 4> digits{};
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), group, 16).ptr;
    return {digits.data(), end};
}

std::string ipv6_text(const Groups& groups) {
    const Run zeros = longest_zeros(groups);
    std::string text;
    for (std::size_t i = 0; i < kGroups; ++i) {
        if (i == zeros.at) {
            text += "::";
            i += zeros.length - 1;
            continue;
        }
        if (!text.empty() && text.back() != ':') text += ':';
        text += hex(groups[i]);
    }
    return text;
}

Groups groups_of(const IpAddress& address) {
    Groups groups;
    for (std::size_t i = 0; i < 2 * kGroups; i += 2)
        groups.push_back(
            static_cast<std::uint16_t>((address.bytes()[i] << 8U) | address.bytes()[i + 1]));
    return groups;
}

IpAddress from_groups(const Groups& groups) {
    IpAddress::Bytes bytes{};
    for (std::size_t i = 0; i < kGroups; ++i) {
        bytes[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8U);
        bytes[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xFFU);
    }
    return IpAddress{bytes};
}

}  // namespace

IpAddress IpAddress::from_ipv4(std::uint32_t address) noexcept {
    IpAddress mapped;
    mapped.bytes_[10] = mapped.bytes_[11] = 0xFF;
    for (std::size_t i = 0; i < 4; ++i)
        mapped.bytes_[kMappedPrefix + i] = static_cast<std::uint8_t>(address >> (24U - 8U * i));
    return mapped;
}

bool IpAddress::is_ipv4() const noexcept {
    const IpAddress any = from_ipv4(0);
    return std::equal(bytes_.begin(), bytes_.begin() + kMappedPrefix, any.bytes_.begin());
}

std::string to_string(const IpAddress& address) {
    if (!address.is_ipv4()) return ipv6_text(groups_of(address));
    std::string text;
    for (std::size_t i = kMappedPrefix; i < address.bytes().size(); ++i)
        text += (text.empty() ? "" : ".") + std::to_string(address.bytes()[i]);
    return text;
}

Result<IpAddress> parse_ip(std::string_view text) {
    if (text.find('%') != std::string_view::npos)
        return fail(
            "a zone (what follows the %) cannot be told from a sender's address; leave it "
            "away");
    if (text.find(':') == std::string_view::npos) {
        if (const auto quad = parse_quad(text)) return IpAddress::from_ipv4(*quad);
        return fail(
            "an IPv4 address is four numbers from 0 to 255 without leading zeros, such as "
            "192.168.1.7");
    }
    if (const auto groups = parse_ipv6(text)) return from_groups(*groups);
    return fail(
        "an IPv6 address is eight groups of hexadecimal digits, or fewer around one ::, "
        "without brackets, such as fd00::7");
}

std::string to_string(const IpEndpoint& endpoint) {
    const std::string address = to_string(endpoint.address);
    return (endpoint.address.is_ipv4() ? address : "[" + address + "]") + ":" +
           std::to_string(endpoint.port);
}

}  // namespace midinet::io
