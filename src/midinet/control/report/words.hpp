// How reports spell what has no spelling of its own.
#pragma once

#include "base/types.hpp"
#include "wire/heartbeat.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

/// 16 hexadecimal digits: as JSON numbers they would lose digits.
std::string id_text(SenderId id);
/// What id_text() makes, in lower or upper case; nothing else is one.
std::optional<SenderId> id_of_text(std::string_view text);
/// 8 hexadecimal digits.
std::string fingerprint_text(std::uint32_t fingerprint);
std::string_view to_string(wire::Role role) noexcept;
/// "850 ms", "9.3 s", "12 min", "3 h 05 min", "2 d 03 h".
std::string span_text(std::uint64_t ms);
/// The numbers of devices that are set in `bits`, lowest first: bit n-1 is device n.
std::vector<unsigned> devices_in(std::uint8_t bits);
/// "2.10 ms".
std::string ms_text(std::uint64_t us);

}  // namespace midinet::control
