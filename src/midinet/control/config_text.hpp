// How configuration values look as text, both ways.
#pragma once

#include "io/datagram_socket.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// A range of IPv4 addresses, "192.168.1.0/24".
struct Ipv4Range {
    std::uint32_t address = 0;  ///< host order; bits past the prefix are 0
    std::uint8_t prefix = 32;   ///< Range: 0..32
    bool contains(std::uint32_t other) const noexcept;
    friend auto operator<=>(const Ipv4Range&, const Ipv4Range&) = default;
};

/// "10.0.0.7" or "10.0.0.7:5006"; port 0 when there is none. Multicast and 0.0.0.0 are no peers.
std::optional<io::Endpoint> parse_peer(const std::string& text);
std::optional<std::uint32_t> parse_multicast(const std::string& text);
/// A single address is a range of one. Bits past the prefix must be 0.
std::optional<Ipv4Range> parse_range(const std::string& text);

std::string address_text(std::uint32_t address);
std::string peer_text(const io::Endpoint& peer);
std::string range_text(const Ipv4Range& range);

/// As a TOML basic string, quotes included.
std::string toml_string(std::string_view text);

/// The one of `candidates` that `word` is probably a misspelling of; empty when none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace midinet::control
