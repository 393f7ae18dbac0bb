#include "io/datagram_socket.hpp"

#include <charconv>

namespace midinet::io {

std::string to_string(const Endpoint& endpoint) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8) {
        text += std::to_string((endpoint.address >> static_cast<unsigned>(shift)) & 0xFFU);
        text += shift > 0 ? '.' : ':';
    }
    return text + std::to_string(endpoint.port);
}

std::optional<std::uint32_t> parse_ipv4(const std::string& text) {
    std::uint32_t address = 0;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (int part = 0; part < 4; ++part) {
        if (part > 0 && (at == end || *at++ != '.')) return std::nullopt;
        unsigned value = 0;
        const auto [next, error] = std::from_chars(at, end, value);
        if (error != std::errc{} || value > 255 || next - at > 3) return std::nullopt;
        address = (address << 8U) | value;
        at = next;
    }
    return at == end ? std::optional{address} : std::nullopt;
}

}  // namespace midinet::io
