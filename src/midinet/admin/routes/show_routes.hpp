// The resources that only tell of the show. What each says: docs/rest_api.md.
#pragma once

#include "admin/routes/picture_route.hpp"

#include <memory>
#include <string>

namespace midinet::admin {

/// `version`: of this program.
std::unique_ptr<PictureRoute> make_status_route(PictureRoute::Latest latest, std::string version);
std::unique_ptr<PictureRoute> make_hosts_route(PictureRoute::Latest latest);
std::unique_ptr<PictureRoute> make_clients_route(PictureRoute::Latest latest);
std::unique_ptr<PictureRoute> make_devices_route(PictureRoute::Latest latest);
std::unique_ptr<PictureRoute> make_midi_metrics_route(PictureRoute::Latest latest);
std::unique_ptr<PictureRoute> make_system_metrics_route(PictureRoute::Latest latest);
std::unique_ptr<PictureRoute> make_failover_route(PictureRoute::Latest latest);

}  // namespace midinet::admin
