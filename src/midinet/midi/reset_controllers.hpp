// CC 121, "reset all controllers".
#pragma once

#include <array>
#include <cstdint>

namespace midinet::midi {

/// What CC 121 sets to 0 in whoever takes it: modulation, and the pedals but hold 2. RP-015.
inline constexpr std::array<std::uint8_t, 5> kResetToZero{1, 64, 65, 66, 67};

}  // namespace midinet::midi
