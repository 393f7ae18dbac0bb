#include "admin/api_site.hpp"

#include "admin/embedded.hpp"
#include "admin/routes/service_routes.hpp"
#include "admin/routes/show_routes.hpp"

namespace midinet::admin {
namespace {

/// Where browsers land until there is a dashboard.
constexpr const char* kFrontDoor =
    "midi-admin serves the API of a MIDInet show.\n"
    "\n"
    "  /api/status        how the show is\n"
    "  /api/openapi.json  all there is to ask\n"
    "  /docs/rest_api     explained\n";

}  // namespace

ApiSite::ApiSite(const Surroundings& with, GuardOptions guard)
    : clock_(with.clock), guard_(std::move(guard)) {
    const auto& latest = with.hands.latest;
    const auto now = [&clock = with.clock] { return clock.now(); };
    router_.add(make_status_route(latest, with.version));
    router_.add(make_hosts_route(latest));
    router_.add(make_clients_route(latest));
    router_.add(make_devices_route(latest));
    router_.add(make_midi_metrics_route(latest));
    router_.add(make_system_metrics_route(latest));
    router_.add(make_failover_route(latest));
    router_.add(make_switch_route(with.hands));
    router_.add(make_auto_route(with.hands));
    router_.add(make_focus_route(with.hands));
    router_.add(make_healthz_route(latest, now));
    router_.add(make_readyz_route(latest, now));
    router_.add(make_prometheus_route(latest, with.counters));
    router_.add(
        make_text_route("/api/openapi.json", "application/json", std::string(embedded::kOpenApi)));
    router_.add(make_text_route(std::string(kApiDocs), "text/markdown; charset=utf-8",
                                std::string(embedded::kRestApi)));
    router_.add(make_text_route("/", "text/plain; charset=utf-8", kFrontDoor));
}

void ApiSite::on_request(Request request, const Respond& respond) {
    if (auto problem = guard_.refuse(request, clock_.now())) return respond(std::move(*problem));
    router_.answer(std::move(request), [respond](Response response) {
        response.headers.add("X-Content-Type-Options", "nosniff");
        respond(std::move(response));
    });
}

}  // namespace midinet::admin
