// Letters of ASCII, whatever the locale: names of protocols compare so.
#pragma once

#include <string>
#include <string_view>

namespace midinet {

constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
inline std::string ascii_lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out) c = ascii_lower(c);
    return out;
}

}  // namespace midinet
