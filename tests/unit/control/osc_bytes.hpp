// OSC packets, built by hand: not with the library that reads them.
#pragma once

#include "base/bytes.hpp"

#include <bit>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// A string with its zeros.
inline std::string osc_text(std::string_view text) {
    std::string padded(text);
    padded.resize((text.size() / 4 + 1) * 4, '\0');
    return padded;
}

inline std::string osc_number(std::uint64_t value, unsigned size) {
    std::string bytes;
    for (unsigned i = size; i > 0; --i)
        bytes += static_cast<char>((value >> (8 * (i - 1))) & 0xFFU);
    return bytes;
}
inline std::string osc_int(std::int32_t value) {
    return osc_number(static_cast<std::uint32_t>(value), 4);
}
inline std::string osc_float(float value) {
    return osc_number(std::bit_cast<std::uint32_t>(value), 4);
}
inline std::string osc_double(double value) {
    return osc_number(std::bit_cast<std::uint64_t>(value), 8);
}

/// `arguments` are bytes already.
inline std::string osc_message(std::string_view address, std::string_view tags = "",
                               std::string_view arguments = "") {
    return osc_text(address) + osc_text("," + std::string(tags)) + std::string(arguments);
}

inline std::string osc_bundle(const std::vector<std::string>& elements) {
    std::string bytes = osc_text("#bundle") + osc_number(1, 8);  // time tag 1: at once
    for (const std::string& element : elements) bytes += osc_number(element.size(), 4) + element;
    return bytes;
}

/// Lifetime: `bytes`.
inline ByteView as_view(const std::string& bytes) { return std::as_bytes(std::span(bytes)); }

}  // namespace midinet::control
