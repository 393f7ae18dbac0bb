// What was. What each takes and says: docs/rest_api.md.
#pragma once

#include "admin/http/router.hpp"
#include "admin/routes/picture_route.hpp"
#include "admin/store/history.hpp"

#include <memory>

namespace midinet::admin {

/// GET /api/metrics/history. Lifetime: `history` outlives it, as the next one's.
std::unique_ptr<Route> make_history_route(PictureRoute::Latest latest, History& history);
/// GET /api/events.
std::unique_ptr<Route> make_events_route(PictureRoute::Latest latest, History& history);

}  // namespace midinet::admin
