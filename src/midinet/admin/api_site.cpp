#include "admin/api_site.hpp"

#include "admin/embedded.hpp"
#include "admin/routes/alert_routes.hpp"
#include "admin/routes/client_pipeline_route.hpp"
#include "admin/routes/config_routes.hpp"
#include "admin/routes/history_routes.hpp"
#include "admin/routes/page_routes.hpp"
#include "admin/routes/pipeline_route.hpp"
#include "admin/routes/play_route.hpp"
#include "admin/routes/rehearsal_route.hpp"
#include "admin/routes/service_routes.hpp"
#include "admin/routes/show_routes.hpp"

namespace midinet::admin {
namespace {

constexpr std::string_view kStatusSocket = "/ws/status";
constexpr std::string_view kAlertSocket = "/ws/alerts";
constexpr std::string_view kMidiSocket = "/ws/midi";

Imprint imprint_of(const ApiSite::Surroundings& with) {
    return {with.version, [&history = with.history] { return history.state(); }};
}

std::function<AdminFigures()> figures_of(const ApiSite::Surroundings& with) {
    return [counters = with.counters, &history = with.history, &desk = with.alerts] {
        return AdminFigures{counters(), history.state(), desk.active_by_kind()};
    };
}

StatusHub::Parts parts_of_status(const ApiSite::Surroundings& with) {
    const auto& latest = with.hands.latest;
    StatusHub::Parts parts;
    parts.emplace_back("status", make_status_route(latest, imprint_of(with)));
    parts.emplace_back("hosts", make_hosts_route(latest));
    parts.emplace_back("clients", make_clients_route(latest));
    parts.emplace_back("devices", make_devices_route(latest));
    parts.emplace_back("focus", make_focus_route(with.hands));
    parts.emplace_back("failover", make_failover_route(latest));
    parts.emplace_back("system", make_system_metrics_route(latest));
    return parts;
}

ConfigDoor config_door(const ApiSite::Surroundings& with) {
    return {with.config, [&history = with.history](std::function<void()> task) {
                return history.later(std::move(task));
            }};
}

/// Where somebody asks for a socket as for a page.
class SocketRoute : public Route {
  public:
    explicit SocketRoute(std::string_view path) : path_(path) {}
    std::string_view path() const noexcept override { return path_; }
    std::vector<Method> methods() const override { return {Method::Get}; }
    void answer(const Request&, const Respond& respond) override {
        auto response = problem_response(
            {ProblemKind::NoSocket, "This is a WebSocket: open it as ws://… (RFC 6455)."});
        response.headers.add("Upgrade", "websocket");
        respond(std::move(response));
    }

  private:
    std::string_view path_;
};

/// /ws/alerts has no parameters but where a reader was.
tl::expected<std::unique_ptr<SocketEnd>, Response> join_alerts(Audience& audience,
                                                               const Request& request) {
    const auto parameters = parse_query(request.query);
    if (!parameters)
        return tl::unexpected(
            problem_response({ProblemKind::BadParameter, parameters.error().message + "."}));
    for (const auto& [name, value] : *parameters)
        if (name != "run" && name != "seq")
            return tl::unexpected(problem_response(
                {ProblemKind::BadParameter, name + " is not known here; expected run and seq."}));
    return audience.join(place_in(*parameters));
}

}  // namespace

ApiSite::ApiSite(const Surroundings& with, GuardOptions guard)
    : clock_(with.clock),
      guard_(std::move(guard)),
      status_(with.hands.latest, parts_of_status(with), with.run),
      midi_(
          with.hands.latest, with.tap ? with.tap : [](const TapWants&) {}),
      history_(with.history),
      alerts_(with.alerts),
      config_(with.config) {
    const auto& latest = with.hands.latest;
    const auto now = [&clock = with.clock] { return clock.now(); };
    router_.add(make_status_route(latest, imprint_of(with)));
    router_.add(make_hosts_route(latest));
    router_.add(make_clients_route(latest));
    router_.add(make_devices_route(latest));
    router_.add(make_midi_metrics_route(latest));
    router_.add(make_system_metrics_route(latest));
    router_.add(make_failover_route(latest));
    router_.add(make_switch_route(with.hands));
    router_.add(make_auto_route(with.hands));
    router_.add(make_focus_route(with.hands));
    router_.add(make_rehearsal_route(with.hands));
    router_.add(make_play_route(with.hands, now));
    router_.add(make_pipeline_route(with.hands, now));
    router_.add(make_client_pipeline_route(with.hands, now));
    router_.add(make_healthz_route(latest, now));
    router_.add(make_readyz_route(latest, now));
    router_.add(make_prometheus_route(latest, figures_of(with)));
    router_.add(
        make_text_route("/api/openapi.json", "application/json", std::string(embedded::kOpenApi)));
    router_.add(make_text_route(std::string(kApiDocs), "text/markdown; charset=utf-8",
                                std::string(embedded::kRestApi)));
    router_.add(make_history_route(latest, with.history));
    router_.add(make_events_route(latest, with.history));
    for (auto& route : make_alert_routes(with.alerts)) router_.add(std::move(route));
    for (auto& route : make_config_routes(config_door(with))) router_.add(std::move(route));
    router_.add(std::make_unique<SocketRoute>(kStatusSocket));
    router_.add(std::make_unique<SocketRoute>(kAlertSocket));
    router_.add(std::make_unique<SocketRoute>(kMidiSocket));
    for (auto& route : make_page_routes(embedded::kDashboard)) router_.add(std::move(route));
    router_.on_stray(
        [](const Request& request) { return stray_page(embedded::kDashboard, request); });
}

void ApiSite::on_picture(const Picture& picture) {
    history_.record(sampler_.take(picture));
    history_.record(events_.take(picture));
    alerts_.on_picture(picture);
    if (config_.is_due()) (void)history_.later([&config = config_] { config.take_back(); });
    status_.on_picture(picture);
    midi_.on_picture(picture);
}

void ApiSite::on_request(Request request, const Respond& respond) {
    if (auto problem = guard_.refuse(request, clock_.now())) return respond(std::move(*problem));
    router_.answer(std::move(request), [respond](Response response) {
        response.headers.add("X-Content-Type-Options", "nosniff");
        respond(std::move(response));
    });
}

tl::expected<std::unique_ptr<SocketEnd>, Response> ApiSite::on_socket(const Request& request) {
    if (auto problem = guard_.refuse(request, clock_.now()))
        return tl::unexpected(std::move(*problem));
    if (request.path == kStatusSocket) return status_.join(request);
    if (request.path == kMidiSocket) return midi_.join(request);
    if (request.path == kAlertSocket) return join_alerts(alerts_.audience(), request);
    return tl::unexpected(problem_response(
        {ProblemKind::NotFound, "There is no WebSocket at " + request.path + "."}));
}

}  // namespace midinet::admin
