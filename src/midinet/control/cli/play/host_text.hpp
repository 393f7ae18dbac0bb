// The host that plays for `send` and `replay`: its configuration.
#pragma once

#include "control/cli/order.hpp"

#include <string>

namespace midinet::control::cli {

/// Of a midi-host that plays the file once and ends. Pure.
std::string player_config(const Order& order, const std::string& file);

}  // namespace midinet::control::cli
