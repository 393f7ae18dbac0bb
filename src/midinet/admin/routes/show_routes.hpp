// The resources that only tell of the show. What each says: docs/rest_api.md.
#pragma once

#include "admin/routes/picture_route.hpp"
#include "admin/store/history_state.hpp"

#include <functional>
#include <memory>
#include <string>

namespace midinet::admin {

/// What the admin says of itself, beside what the picture has.
struct Imprint {
    std::string version;                          ///< of this program
    std::function<HistoryState()> history_state;  ///< thread: any
};
std::unique_ptr<PictureRoute> make_status_route(PictureRoute::Latest latest, Imprint imprint);
std::unique_ptr<PictureRoute> make_hosts_route(PictureRoute::Latest latest);
std::unique_ptr<PictureRoute> make_clients_route(PictureRoute::Latest latest);
std::unique_ptr<PictureRoute> make_devices_route(PictureRoute::Latest latest);
std::unique_ptr<PictureRoute> make_midi_metrics_route(PictureRoute::Latest latest);
std::unique_ptr<PictureRoute> make_system_metrics_route(PictureRoute::Latest latest);
std::unique_ptr<PictureRoute> make_failover_route(PictureRoute::Latest latest);

}  // namespace midinet::admin
