// Alerts, their rules, and webhooks. What each takes and says: docs/rest_api.md.
#pragma once

#include "admin/alerts/alert_desk.hpp"
#include "admin/http/router.hpp"

#include <memory>
#include <vector>

namespace midinet::admin {

/// All resources below /api/alerts. Lifetime: `desk` outlives them.
std::vector<std::unique_ptr<Route>> make_alert_routes(AlertDesk& desk);

}  // namespace midinet::admin
