// The client's control loop: hosts that are known before they are heard.
#include "control/discovery/host_service.hpp"
#include "engine/client_daemon.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace midinet::engine {

/// Before the rest of the start, so that answers come meanwhile.
Result<void> ClientDaemon::open_search() {
    if (!config_.network.dns_sd || !s_.make_browser) return {};
    auto browser = s_.make_browser(
        {.type = control::kHostServiceType, .interfaces = interfaces_, .host_label = {}});
    if (!browser) return tl::unexpected(browser.error());
    if (*browser == nullptr) return {};
    search_ = std::make_unique<HostSearch>(
        std::move(*browser),
        HostSearchSurroundings{
            .logger = s_.logger,
            .command = [this](const ClientCommand& command) { return engine_->command(command); },
            .is_known_otherwise =
                [this](SourceId source, io::Endpoint door) {
                    return is_known_without_search(source, door);
                },
            .on_found =
                [this](const control::FoundHost& host) {
                    if (s_.on_devices) s_.on_devices(host.says.devices);
                    warn_of_group(SourceId{host.says.id.value},
                                  {host.says.group, host.says.data_port});
                }},
        config_.slot);
    return {};
}

bool ClientDaemon::is_configured(io::Endpoint door) const {
    const auto& hosts = config_.network.hosts;
    return std::any_of(hosts.begin(), hosts.end(), [&](io::Endpoint host) {
        return host.address == door.address &&
               (host.port == 0 ? config_.network.data_port : host.port) == door.port;
    });
}

bool ClientDaemon::is_known_without_search(SourceId source, io::Endpoint door) const {
    const auto* const entry = book_.find(source);
    return is_configured(door) || (entry != nullptr && entry->door() == door);
}

void ClientDaemon::tell_of_lease(io::Endpoint door) {
    const char* how = "by what it said on the control group";
    if (is_configured(door))
        how = "by network.hosts";
    else if (search_ && search_->knows(door))
        how = "by DNS-SD";
    s_.logger.info(fmt::format(
        "the host at {}, known {}, is not heard by multicast: asking it for a unicast copy",
        io::to_string(door), how));
}

void ClientDaemon::warn_of_group(SourceId source, io::Endpoint group) {
    if (group.address == config_.primary_group || group.address == config_.standby_group) {
        strange_groups_.erase(source);
        return;
    }
    // Identity and DNS-SD say the same. Bounded by those who invent hosts.
    if (strange_groups_.size() >= control::IdentityBook::kMaxHosts) strange_groups_.clear();
    const auto known = strange_groups_.try_emplace(source, 0).first;
    if (std::exchange(known->second, group.address) == group.address) return;
    s_.logger.warning(fmt::format(
        "host {} sends on {}, which this client does not listen to; set network.primary_group or "
        "network.standby_group to it",
        source.value, io::to_string(group)));
}

}  // namespace midinet::engine
