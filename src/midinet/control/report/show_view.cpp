#include "control/report/show_view.hpp"

namespace midinet::control {

std::vector<plane::Roster::Host> unheard_hosts(const ShowView& view) {
    std::vector<plane::Roster::Host> hosts;
    if (view.found == nullptr) return hosts;
    for (const auto& [id, found] : *view.found) {
        if (view.roster.host(id) != nullptr) continue;
        plane::Roster::Host host{.status = {}, .from = found.doors.front(), .heard = view.now};
        host.status.id = id;
        host.status.epoch = found.says.epoch;
        host.status.role = found.says.role;
        host.status.name = plane::Name{found.instance};
        host.status.version = plane::Version{found.says.version};
        host.status.device_name = plane::Name{found.says.device_name};
        host.status.devices.all = found.says.devices;
        host.status.device_present = !found.says.device_name.empty();
        hosts.push_back(host);
    }
    return hosts;
}

}  // namespace midinet::control
