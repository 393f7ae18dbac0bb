// How many there are, in words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace midinet::control {

/// "1 host", "2 hosts", "0 statuses". `many`: where it is not `one` with an s.
inline std::string counted(std::uint64_t count, std::string_view one, std::string_view many = {}) {
    auto text = std::to_string(count) + ' ';
    if (count == 1 || many.empty())
        text.append(one).append(count == 1 ? "" : "s");
    else
        text.append(many);
    return text;
}

}  // namespace midinet::control
