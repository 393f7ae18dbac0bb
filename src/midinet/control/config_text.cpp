#include "control/config_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace midinet::control {
namespace {

std::optional<unsigned> parse_number(std::string_view text, unsigned highest) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > highest)
        return std::nullopt;
    return value;
}

/// How many single-letter changes lead from one word to the other (Levenshtein).
std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (const char letter : a) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t change = diagonal + (letter == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::optional<io::Endpoint> parse_peer(const std::string& text) {
    const std::size_t colon = text.find(':');
    const auto address = io::parse_ipv4(text.substr(0, colon));
    constexpr std::uint32_t kBroadcast = 0xFFFFFFFF;
    if (!address || *address == 0 || *address == kBroadcast || io::is_multicast(*address))
        return std::nullopt;
    if (colon == std::string::npos) return io::Endpoint{*address, 0};
    const auto port = parse_number(std::string_view(text).substr(colon + 1), 65'535);
    if (!port || *port == 0) return std::nullopt;
    return io::Endpoint{*address, static_cast<std::uint16_t>(*port)};
}

std::optional<std::uint32_t> parse_multicast(const std::string& text) {
    const auto address = io::parse_ipv4(text);
    return address && io::is_multicast(*address) ? address : std::nullopt;
}

std::string address_text(std::uint32_t address) {
    return fmt::format("{}.{}.{}.{}", address >> 24U, (address >> 16U) & 0xFFU,
                       (address >> 8U) & 0xFFU, address & 0xFFU);
}

std::string peer_text(const io::Endpoint& peer) {
    return peer.port == 0 ? address_text(peer.address) : io::to_string(peer);
}

std::string toml_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (code < 0x20 || code == 0x7F)
            out += fmt::format("\\u{:04X}", code);
        else
            out += c;
    }
    return out + '"';
}

std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
    std::string best;
    std::size_t best_distance = word.size() / 3 + 2;
    for (const std::string& candidate : candidates) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance >= best_distance) continue;
        best = candidate;
        best_distance = distance;
    }
    return best;
}

}  // namespace midinet::control
