// Terminal settings for MIDI bytes. Each operating system has its own way to an odd speed.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace midinet::platform {

/// MIDI 1.0 over DIN. Units: bit/s.
inline constexpr std::uint32_t kMidiBaud = 31'250;

/// Makes the terminal behind `fd` pass every byte as it is, at `baud`, without modem control, and
/// reads give what is there. Errors: not a terminal, or a line that cannot do the speed (more than
/// 3 % off, which is what MIDI receivers stand).
Result<void> make_raw(int fd, std::uint32_t baud, const std::string& path);

}  // namespace midinet::platform
