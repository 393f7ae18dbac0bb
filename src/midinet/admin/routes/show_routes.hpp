// The resources that only tell of the show. What each says: docs/rest_api.md.
#pragma once

#include "admin/routes/picture_route.hpp"

#include <memory>
#include <string>

namespace midinet::admin {

/// `version`: of this program.
std::unique_ptr<Route> make_status_route(PictureRoute::Latest latest, std::string version);
std::unique_ptr<Route> make_hosts_route(PictureRoute::Latest latest);
std::unique_ptr<Route> make_clients_route(PictureRoute::Latest latest);
std::unique_ptr<Route> make_devices_route(PictureRoute::Latest latest);
std::unique_ptr<Route> make_midi_metrics_route(PictureRoute::Latest latest);
std::unique_ptr<Route> make_system_metrics_route(PictureRoute::Latest latest);
std::unique_ptr<Route> make_failover_route(PictureRoute::Latest latest);

}  // namespace midinet::admin
