// What is done to messages, at every host.
#pragma once

#include "admin/routes/command_routes.hpp"
#include "base/time.hpp"

#include <functional>
#include <memory>

namespace midinet::admin {

/// GET: what each host has. PUT: to all hosts, each of which answers. docs/rest_api.md
std::unique_ptr<Route> make_pipeline_route(Hands hands, std::function<TimePoint()> now);

}  // namespace midinet::admin
