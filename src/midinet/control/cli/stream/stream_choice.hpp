// Which messages people want to see.
#pragma once

#include "control/cli/order.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace midinet::control::cli {

/// By type and channel. `message`: as much of it as is known; none: a SysEx that was lost. Pure.
bool is_chosen(const StreamChoice& choice, std::span<const std::uint8_t> message);

/// Why nothing came of the stream that was wanted; empty: it was heard. `wanted`: 0 for any.
std::string unheard(const std::vector<SourceId>& heard, SourceId wanted);

}  // namespace midinet::control::cli
