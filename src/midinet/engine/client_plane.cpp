#include "engine/client_plane.hpp"

#include "engine/client_report.hpp"

namespace midinet::engine {

namespace plane = control::plane;

Result<std::unique_ptr<ClientPlane>> ClientPlane::open(io::Network& network, io::Clock& clock,
                                                       const control::NetworkConfig& config,
                                                       const ClientPlaneOptions& options) {
    std::unique_ptr<ClientPlane> self(new ClientPlane(clock, options));
    plane::StationOptions station{.group = {config.control_group, config.control_port},
                                  .interfaces = options.interfaces,
                                  .peers = {}};
    for (const auto& host : config.hosts)
        station.peers.push_back({host.address, config.control_port});
    auto opened = plane::Station::open(network, station);
    if (!opened) return tl::unexpected(opened.error());
    self->station_ = std::move(*opened);
    return self;
}

void ClientPlane::service(const ClientStatus& status, const std::string& port) {
    const auto now = clock_.now();
    const bool news = status.switches != switches_told_ || status.appointment.term != term_told_;
    if (!news && now < next_status_) return;
    next_status_ = now + plane::kStatusInterval;
    switches_told_ = status.switches;
    term_told_ = status.appointment.term;
    auto report = client_report(status, options_.interfaces, now);
    report.id = options_.client;
    report.name = plane::Name{options_.name};
    report.version = plane::Version{options_.version};
    report.uptime_ms = static_cast<std::uint64_t>(to_ms(now - began_));
    report.port_name = plane::Name{port};
    station_->say(report, Epoch{1});
}

}  // namespace midinet::engine
