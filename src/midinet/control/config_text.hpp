// How configuration values look as text, both ways.
#pragma once

#include "io/datagram_socket.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// "10.0.0.7" or "10.0.0.7:5006"; port 0 when there is none. Multicast and 0.0.0.0 are no peers.
std::optional<io::Endpoint> parse_peer(const std::string& text);
std::optional<std::uint32_t> parse_multicast(const std::string& text);

std::string address_text(std::uint32_t address);
std::string peer_text(const io::Endpoint& peer);

/// As a TOML basic string, quotes included.
std::string toml_string(std::string_view text);

/// The one of `candidates` that `word` is probably a misspelling of; empty when none is near.
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace midinet::control
