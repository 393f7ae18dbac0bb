#include "admin/routes/service_routes.hpp"
#include "admin/show/health.hpp"
#include "control/report/words.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>

namespace midinet::admin {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

/// One name with all its values. docs/rest_api.md lists them.
class Family {
  public:
    Family(std::string name, std::string help, MetricType type = MetricType::Gauge) {
        family_.name = "midinet_" + std::move(name);
        family_.help = std::move(help);
        family_.type = type;
    }
    void add(Labels labels, double value) {
        ClientMetric metric;
        metric.label = std::move(labels);
        (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
        family_.metric.push_back(std::move(metric));
    }
    void add(Labels labels, std::uint64_t value) {
        add(std::move(labels), static_cast<double>(value));
    }
    MetricFamily take() { return std::move(family_); }

  private:
    MetricFamily family_;
};

std::string device_text(const DevicePicture& device) {
    return std::to_string(unsigned{device.slot.value});
}

class Exposition {
  public:
    explicit Exposition(const Picture& picture) : picture_(picture) {}

    std::vector<MetricFamily> families(const AdminFigures& figures) {
        for (const auto& device : picture_.devices) add(device);
        add_machines();
        http_.add({}, figures.server.requests);
        connections_.add({}, figures.server.connections);
        for (const auto& [kind, count] : figures.alerts) alerts_.add({{"kind", kind}}, count);
        history_.add({}, std::uint64_t{figures.history.trouble.empty()});
        dropped_.add({}, figures.history.dropped);
        std::vector<MetricFamily> all;
        for (auto* family : {&health_,
                             &armed_,
                             &host_up_,
                             &host_health_,
                             &host_device_,
                             &host_events_,
                             &host_retransmitted_,
                             &host_late_,
                             &client_up_,
                             &client_port_,
                             &client_source_,
                             &client_played_,
                             &client_lost_,
                             &client_repaired_,
                             &client_switches_,
                             &client_transit_,
                             &machine_cpu_,
                             &machine_memory_,
                             &machine_temperature_,
                             &machine_disk_,
                             &http_,
                             &connections_,
                             &alerts_,
                             &history_,
                             &dropped_})
            all.push_back(family->take());
        return all;
    }

  private:
    void add(const DevicePicture& device) {
        const Labels labels{{"device", device_text(device)}};
        const auto overview = control::overview_of(device.roster, picture_.now);
        health_.add(labels, std::uint64_t{health_of(picture_.view(device)).score});
        if (overview.armed) armed_.add(labels, std::uint64_t{*overview.armed});
        for (const auto& [id, host] : device.roster.hosts()) add(device, host);
        for (const auto& [id, client] : device.roster.clients()) add(device, client);
    }
    void add(const DevicePicture& device, const control::plane::Roster::Host& host) {
        const auto& s = host.status;
        const Labels labels{{"device", device_text(device)},
                            {"host", std::to_string(s.id.value)},
                            {"name", std::string(s.name.view())}};
        host_up_.add(labels, std::uint64_t{!host.gone(picture_.now)});
        host_health_.add(labels, std::uint64_t{s.health});
        host_device_.add(labels, std::uint64_t{s.device_present});
        host_events_.add(labels, s.counters.events);
        host_retransmitted_.add(labels, s.counters.retransmitted);
        host_late_.add(labels, s.counters.late_heartbeats);
    }
    void add(const DevicePicture& device, const control::plane::Roster::Client& client) {
        const auto& s = client.status;
        const Labels labels{{"device", device_text(device)},
                            {"client", control::id_text(s.id)},
                            {"name", std::string(s.name.view())}};
        client_up_.add(labels, std::uint64_t{!client.gone(picture_.now)});
        client_port_.add(labels, std::uint64_t{s.port_open});
        client_source_.add(labels, std::uint64_t{s.active.value});
        client_played_.add(labels, s.counters.played);
        client_lost_.add(labels, s.counters.lost);
        client_repaired_.add(labels, s.counters.repaired);
        client_switches_.add(labels, s.counters.switches);
        const auto transit = client.transit_now();
        for (const auto& [quantile, us] :
             {std::pair{"0.5", transit.p50_us}, std::pair{"0.95", transit.p95_us},
              std::pair{"0.99", transit.p99_us}}) {
            Labels with = labels;
            with.push_back({"quantile", quantile});
            client_transit_.add(std::move(with), us / 1e6);
        }
    }

    /// Of those that are heard: as many labels as hosts and clients have.
    void add_machines() {
        for (const auto& [id, entry] : picture_.machines.machines()) {
            if (entry.gone(picture_.now)) continue;
            const bool is_client = (id.value & control::plane::kClientBit) != 0;
            const Labels labels{{is_client ? "client" : "host",
                                 is_client ? control::id_text(id) : std::to_string(id.value)},
                                {"name", std::string(entry.status.name.view())}};
            const auto system = control::plane::reading_of(entry.status);
            if (system.cpu) machine_cpu_.add(labels, *system.cpu);
            machine_memory_.add(labels, system.memory_available);
            if (system.temperature) machine_temperature_.add(labels, *system.temperature);
            for (const auto& disk : system.disks) machine_disk_.add(labels, disk.available);
        }
    }

    const Picture& picture_;
    Family health_{"health_score", "Health of a device's show, 0 to 100"};
    Family armed_{"failover_armed", "1: a silent host is left by itself"};
    Family host_up_{"host_up", "1: the host's status was heard in the last 3.5 s"};
    Family host_health_{"host_health", "What a host says of itself, 0 to 100"};
    Family host_device_{"host_device_present", "1: the host has its MIDI device"};
    Family host_events_{"host_events_total", "MIDI messages sent", MetricType::Counter};
    Family host_retransmitted_{"host_retransmitted_total", "MIDI messages sent again on request",
                               MetricType::Counter};
    Family host_late_{"host_late_heartbeats_total", "Heartbeats that left too late",
                      MetricType::Counter};
    Family client_up_{"client_up", "1: the client's status was heard in the last 3.5 s"};
    Family client_port_{"client_port_open", "1: the client's MIDI port is open"};
    Family client_source_{"client_active_host", "Id of the host that is played; 0: none"};
    Family client_played_{"client_events_total", "MIDI messages played", MetricType::Counter};
    Family client_lost_{"client_lost_total", "MIDI messages given up", MetricType::Counter};
    Family client_repaired_{"client_repaired_total", "MIDI messages that came late or again",
                            MetricType::Counter};
    Family client_switches_{"client_switches_total", "Changes of host", MetricType::Counter};
    Family client_transit_{"client_transit_seconds",
                           "From host to client in the last 10 s, as the client sees it"};
    Family machine_cpu_{"machine_cpu_ratio",
                        "Busy share of a host's or client's processor, 0 to 1"};
    Family machine_memory_{"machine_memory_available_bytes", "Memory that programs could have"};
    Family machine_temperature_{"machine_temperature_celsius", "Of the hottest sensor"};
    Family machine_disk_{"machine_disk_available_bytes", "Of the state directory's file system"};
    Family http_{"admin_http_requests_total", "HTTP requests to this program", MetricType::Counter};
    Family connections_{"admin_http_connections", "Connections to this program, now"};
    Family alerts_{"alerts_active", "Alerts that are active, by kind"};
    Family history_{"admin_history_kept", "1: history is kept on disk"};
    Family dropped_{"admin_history_dropped_total", "Samples and events that were not kept",
                    MetricType::Counter};
};

class PrometheusRoute : public Route {
  public:
    PrometheusRoute(PictureRoute::Latest latest, std::function<AdminFigures()> figures)
        : latest_(std::move(latest)), figures_(std::move(figures)) {}
    std::string_view path() const noexcept override { return "/metrics"; }
    std::vector<Method> methods() const override { return {Method::Get}; }
    void answer(const Request&, const Respond& respond) override {
        const auto picture = latest_();
        respond({.type = "text/plain; version=0.0.4; charset=utf-8",
                 .body = prometheus::TextSerializer().Serialize(
                     Exposition(*picture).families(figures_()))});
    }

  private:
    PictureRoute::Latest latest_;
    std::function<AdminFigures()> figures_;
};

}  // namespace

std::unique_ptr<Route> make_prometheus_route(PictureRoute::Latest latest,
                                             std::function<AdminFigures()> figures) {
    return std::make_unique<PrometheusRoute>(std::move(latest), std::move(figures));
}

}  // namespace midinet::admin
