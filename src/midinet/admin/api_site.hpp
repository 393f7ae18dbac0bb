// Everything that is served, behind its guard.
#pragma once

#include "admin/alerts/alert_desk.hpp"
#include "admin/config/config_desk.hpp"
#include "admin/http/guard.hpp"
#include "admin/http/router.hpp"
#include "admin/routes/command_routes.hpp"
#include "admin/serve/http_server.hpp"
#include "admin/store/event_watch.hpp"
#include "admin/store/history.hpp"
#include "admin/store/sampler.hpp"
#include "admin/ws/midi_hub.hpp"
#include "admin/ws/status_hub.hpp"
#include "io/clock.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace midinet::admin {

/// Thread: the server's.
class ApiSite : public Site {
  public:
    struct Surroundings {
        Hands hands;
        io::Clock& clock;  ///< Lifetime: outlives the site
        std::function<ServerCounters()> counters;
        std::string version;
        std::string run;  ///< another one each time the program starts
        // Lifetime: these outlive the site.
        History& history;
        AlertDesk& alerts;
        ConfigDesk& config;  ///< its thread is the history's
        MidiHub::Want tap{};
    };
    ApiSite(const Surroundings& with, GuardOptions guard);
    void on_request(Request request, const Respond& respond) override;
    tl::expected<std::unique_ptr<SocketEnd>, Response> on_socket(const Request& request) override;
    /// From now on these are the names of this server, lower case.
    void know(std::vector<std::string> hosts) { guard_.know(std::move(hosts)); }
    /// To be told of every picture.
    void on_picture(const Picture& picture);
    /// To be told of what is tapped.
    void on_taps(const TapBatch& batch) { midi_.on_batch(batch); }
    std::vector<std::string> paths() const { return router_.paths(); }

  private:
    io::Clock& clock_;
    Guard guard_;
    Router router_;
    StatusHub status_;
    MidiHub midi_;
    History& history_;
    AlertDesk& alerts_;
    ConfigDesk& config_;
    Sampler sampler_;
    EventWatch events_;
};

}  // namespace midinet::admin
