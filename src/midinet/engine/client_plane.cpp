#include "engine/client_plane.hpp"

#include "engine/client_report.hpp"
#include "io/ip_address.hpp"

#include <fmt/core.h>

namespace midinet::engine {

namespace {

namespace plane = control::plane;

/// More ids than clients hear sources: whoever invents more is not listened to.
constexpr std::size_t kMostTwins = 16;

}  // namespace

Result<std::unique_ptr<ClientPlane>> ClientPlane::open(io::Network& network, io::Clock& clock,
                                                       control::Logger& logger,
                                                       const control::NetworkConfig& config,
                                                       const ClientPlaneOptions& options) {
    std::unique_ptr<ClientPlane> self(new ClientPlane(clock, logger, options));
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

void ClientPlane::receive(const std::function<void(const plane::Station::Heard&)>& take) {
    station_->receive([&](const plane::Station::Heard& heard) {
        note_twin(heard.bytes);
        take(heard);
    });
}

/// Which of the two is meant, only people know: it is shown wherever they look.
void ClientPlane::note_twin(ByteView datagram) {
    const auto said = plane::decode_datagram(datagram);
    const auto* host = said ? std::get_if<plane::HostStatus>(&said->message) : nullptr;
    if (host == nullptr) return;
    if (!host->conflict) {
        twins_.erase(host->id);
    } else if (twins_.size() < kMostTwins && twins_.insert(host->id).second) {
        logger_.error(fmt::format(
            "two hosts have id {}, one of them at {}: the one that started last is played; give "
            "one of them another host.id",
            host->id.value, io::to_string(io::IpAddress::from_ipv4(host->conflict->address))));
    }
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
    for (auto& source : report.sources) source.twin = twins_.contains(HostId{source.id.value});
    station_->say(report, Epoch{1});
}

}  // namespace midinet::engine
