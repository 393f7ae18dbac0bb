// The resources that have a host do something. What each takes: docs/rest_api.md.
#pragma once

#include "admin/routes/picture_route.hpp"
#include "admin/show/show_watch.hpp"
#include "admin/store/event.hpp"

#include <functional>
#include <memory>

namespace midinet::admin {

/// How a route reaches the show.
struct Hands {
    PictureRoute::Latest latest;
    std::function<bool(Question)> ask;  ///< false: too many wait
    std::function<void(Event)> record;  ///< for the audit. Thread: any
    std::function<std::int64_t()> unix_ms;
};

/// POST: to "target", or to the best standby.
std::unique_ptr<Route> make_switch_route(Hands hands);
/// PUT: arms or disarms.
std::unique_ptr<Route> make_auto_route(Hands hands);
/// GET and PUT: who holds the focus.
std::unique_ptr<PictureRoute> make_focus_route(Hands hands);

}  // namespace midinet::admin
