// Bytes as a person writes them: hex digits, blanks, and comments from # to the end of the line.
#pragma once

#include <cstddef>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::testing {

using Bytes = std::vector<std::byte>;

inline unsigned hex_digit(char c) {
    const std::size_t value = std::string_view("0123456789abcdef").find(c);
    if (value == std::string_view::npos) throw std::runtime_error("not a hex digit");
    return static_cast<unsigned>(value);
}

inline Bytes from_hex(std::string_view text) {
    Bytes bytes;
    std::string digits;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);)
        for (const char c : line.substr(0, line.find('#')))
            if (c != ' ') digits += c;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes.push_back(
            static_cast<std::byte>((hex_digit(digits[i]) << 4U) | hex_digit(digits[i + 1])));
    return bytes;
}

inline Bytes read_hex_file(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    return from_hex(std::string(std::istreambuf_iterator<char>(file), {}));
}

inline std::string to_hex(const Bytes& bytes) {
    std::string text;
    for (const std::byte b : bytes) {
        text += "0123456789abcdef"[std::to_integer<unsigned>(b) >> 4U];
        text += "0123456789abcdef"[std::to_integer<unsigned>(b) & 0x0FU];
        text += ' ';
    }
    return text;
}

}  // namespace midinet::testing
