#include "wire/utf8.hpp"

#include <cstdint>

namespace midinet::wire {
namespace {

constexpr std::uint8_t byte_at(std::string_view text, std::size_t i) noexcept {
    return static_cast<std::uint8_t>(text[i]);
}
constexpr bool is_continuation(std::uint8_t byte) noexcept { return (byte & 0xC0U) == 0x80; }

/// By the lead byte alone; 0 for bytes that cannot lead.
constexpr std::size_t size_by_lead(std::uint8_t lead) noexcept {
    if (lead < 0x80) return 1;
    if (lead < 0xC2) return 0;  // a continuation byte, or an overlong form of ASCII
    if (lead < 0xE0) return 2;
    if (lead < 0xF0) return 3;
    return lead < 0xF5 ? 4 : 0;
}

/// Overlong three- and four-byte forms, surrogates and code points past U+10FFFF show in the second
/// byte.
constexpr bool is_second_byte(std::uint8_t lead, std::uint8_t second) noexcept {
    switch (lead) {
        case 0xE0:
            return second >= 0xA0 && second <= 0xBF;
        case 0xED:
            return second >= 0x80 && second <= 0x9F;
        case 0xF0:
            return second >= 0x90 && second <= 0xBF;
        case 0xF4:
            return second >= 0x80 && second <= 0x8F;
        default:
            return is_continuation(second);
    }
}

}  // namespace

std::size_t printable_size(std::string_view text) noexcept {
    const std::uint8_t lead = byte_at(text, 0);
    const std::size_t size = size_by_lead(lead);
    if (size == 0 || size > text.size()) return 0;
    if (size == 1) return lead < 0x20 || lead == 0x7F ? 0 : 1;
    if (!is_second_byte(lead, byte_at(text, 1))) return 0;
    for (std::size_t i = 2; i < size; ++i)
        if (!is_continuation(byte_at(text, i))) return 0;
    if (lead == 0xC2 && byte_at(text, 1) < 0xA0) return 0;  // the C1 control characters
    return size;
}

std::string_view cut_at_character(std::string_view text, std::size_t limit) noexcept {
    if (text.size() <= limit) return text;
    while (limit > 0 && is_continuation(byte_at(text, limit))) --limit;
    return text.substr(0, limit);
}

}  // namespace midinet::wire
