// The configuration file of this machine. What each takes: docs/rest_api.md.
#pragma once

#include "admin/config/config_desk.hpp"
#include "admin/http/router.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace midinet::admin {

/// How routes reach the desk.
struct ConfigDoor {
    ConfigDesk& desk;                                  ///< Lifetime: outlives the routes
    std::function<bool(std::function<void()>)> later;  ///< on the desk's thread; false: too many
};

/// /api/config, its history, confirm and rollback.
std::vector<std::unique_ptr<Route>> make_config_routes(const ConfigDoor& door);

}  // namespace midinet::admin
