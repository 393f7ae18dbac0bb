// The host's control loop: what it says of itself, to whom.
#include "control/discovery/host_service.hpp"
#include "engine/host_daemon.hpp"

#include <fmt/ranges.h>

namespace midinet::engine {

Result<void> HostDaemon::open_announcement() {
    // The first device's service tells how many there are.
    if (!config_.network.dns_sd || !s_.make_announcer || config_.slot.value != 1) return {};
    auto announcer = s_.make_announcer(
        {.type = control::kHostServiceType, .interfaces = interfaces_, .host_label = {}});
    if (!announcer) return tl::unexpected(announcer.error());
    if (*announcer != nullptr)
        announcement_ = std::make_unique<HostAnnouncement>(std::move(*announcer), s_.logger);
    return {};
}

void HostDaemon::announce(const io::DeviceInfo& device) {
    identity_.source = SourceId{config_.id.value};
    identity_.epoch = epoch_;
    identity_.role = control::role(config_);
    identity_.data_group = config_.multicast_group;
    identity_.data_port = config_.network.data_port;
    identity_.heartbeat_port = config_.network.heartbeat_port;
    identity_.unicast_port = config_.network.data_port;
    identity_.devices = config_.device_count();
    identity_.host_name = wire::Name{config_.name};
    identity_.version = wire::Name{s_.version};
    control::describe_device(device, identity_);
    beacon_->set(identity_);
    plane_->set_device(device.name);
    if (announcement_)
        announcement_->set(identity_,
                           {config_.network.control_group, config_.network.control_port});
}

/// What the device says of itself, or that it says nothing.
void HostDaemon::identify(const HostEvent& event) {
    const auto* name = source_ != nullptr ? source_->info().name.c_str() : "the device";
    if (event.what == HostEvent::What::DeviceUnidentified) {
        s_.logger.info(
            fmt::format("\"{}\" did not answer a device inquiry, asked {} times: applications that "
                        "ask the clone get no answer either",
                        name, path::Questioner::kTries));
        return;
    }
    auto& known = identity_.replies[event.answered.value];
    if (known == event.reply) return;
    known = event.reply;
    s_.logger.info(fmt::format("\"{}\" port {} answers a device inquiry: {:02X}", name,
                               event.answered.value + 1, fmt::join(known.view(), " ")));
    beacon_->set(identity_);
}

}  // namespace midinet::engine
