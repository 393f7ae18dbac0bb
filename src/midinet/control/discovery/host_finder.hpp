// Which hosts DNS-SD tells of.
#pragma once

#include "control/discovery/host_service.hpp"
#include "io/service_directory.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace midinet::control {

struct FoundHost {
    HostService says;
    std::string instance;             ///< its name; empty when it cannot be shown
    std::vector<io::Endpoint> doors;  ///< where it takes requests, one for each of its addresses
    std::vector<std::string> interfaces;  ///< ours, on which it was found
    friend bool operator==(const FoundHost&, const FoundHost&) = default;
};

/// Makes one host of all the services that have its id: it is announced on every interface, and a
/// killed one stays in caches beside its next run, whose epoch is higher. Bounded by what a browser
/// finds. Pure. Thread: one.
class HostFinder {
  public:
    /// `slot`: of hosts with several devices, whose ports are told. Hosts with fewer are not found.
    explicit HostFinder(DeviceSlot slot = {1}) noexcept : slot_(slot) {}
    struct News {
        std::vector<FoundHost> found;      ///< new ones, and those of which something changed
        std::vector<FoundHost> lost;       ///< as they were
        std::vector<std::string> refused;  ///< sentences on services that are no host's, each once
    };
    /// Takes all services there are now.
    News take(const std::vector<io::FoundService>& services);
    const std::map<HostId, FoundHost>& hosts() const noexcept { return hosts_; }

  private:
    DeviceSlot slot_;
    std::map<HostId, FoundHost> hosts_;
    std::set<std::string> refused_;  ///< sentences said of services that are still there
};

}  // namespace midinet::control
