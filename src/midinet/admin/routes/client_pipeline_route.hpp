// What one client does to messages, before its own port.
#pragma once

#include "admin/routes/command_routes.hpp"
#include "base/time.hpp"

#include <functional>
#include <memory>

namespace midinet::admin {

/// GET: what it has. PUT: something else. DELETE: nothing any more. docs/rest_api.md
std::unique_ptr<Route> make_client_pipeline_route(Hands hands, std::function<TimePoint()> now);

}  // namespace midinet::admin
