// The loss of a host, tried out. What it takes and tells: docs/rest_api.md.
#pragma once

#include "admin/routes/command_routes.hpp"

namespace midinet::admin {

/// GET: what clients did; POST: a host sends nothing for a while; DELETE: all go on.
std::unique_ptr<PictureRoute> make_rehearsal_route(Hands hands);

}  // namespace midinet::admin
