// Which messages people want to see.
#pragma once

#include "control/cli/order.hpp"

#include <cstdint>
#include <span>

namespace midinet::control::cli {

/// By type and channel. `message`: as much of it as is known; none: a SysEx that was lost. Pure.
bool is_chosen(const StreamChoice& choice, std::span<const std::uint8_t> message);

}  // namespace midinet::control::cli
