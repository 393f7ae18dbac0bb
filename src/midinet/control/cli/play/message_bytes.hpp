// MIDI messages as people type them.
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace midinet::control::cli {

/// Of bytes in hexadecimal, together or apart: "903C64", "90" "3c" "64". Each message whole, with
/// its status. Errors: what is wrong with them, for a person; also active sensing and reset, which
/// no host passes on. Pure.
tl::expected<std::vector<std::vector<std::uint8_t>>, std::string> message_bytes(
    const std::vector<std::string>& words);

}  // namespace midinet::control::cli
