// MIDI played on a device from elsewhere. What it takes: docs/rest_api.md.
#pragma once

#include "admin/routes/command_routes.hpp"

namespace midinet::admin {

/// POST: as if the controller had sent it.
std::unique_ptr<Route> make_play_route(Hands hands, std::function<TimePoint()> now);

}  // namespace midinet::admin
