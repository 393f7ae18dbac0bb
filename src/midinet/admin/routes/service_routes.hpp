// What is asked by supervisors, scrapers and programmers rather than by people at a show.
#pragma once

#include "admin/routes/picture_route.hpp"
#include "admin/serve/http_server.hpp"
#include "admin/store/history_state.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace midinet::admin {

/// GET /healthz: 200 while pictures are made, i.e. while the program does its work; else 503.
std::unique_ptr<Route> make_healthz_route(PictureRoute::Latest latest,
                                          std::function<TimePoint()> clock);
/// GET /readyz: 200 once some host or client is heard; else 503.
std::unique_ptr<Route> make_readyz_route(PictureRoute::Latest latest,
                                         std::function<TimePoint()> clock);
/// What the admin counts itself.
struct AdminFigures {
    ServerCounters server;
    HistoryState history;
    std::map<std::string, std::uint64_t> alerts;  ///< active, by kind; those of none are there, too
};
/// GET /metrics, for Prometheus.
std::unique_ptr<Route> make_prometheus_route(PictureRoute::Latest latest,
                                             std::function<AdminFigures()> figures);
/// GET of a text that never changes.
std::unique_ptr<Route> make_text_route(std::string path, std::string type, std::string text);

}  // namespace midinet::admin
