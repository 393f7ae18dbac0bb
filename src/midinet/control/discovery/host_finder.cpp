#include "control/discovery/host_finder.hpp"

#include "control/device_slots.hpp"

#include <algorithm>

namespace midinet::control {
namespace {

template <typename T>
void insert_sorted(std::vector<T>& values, const T& value) {
    const auto at = std::lower_bound(values.begin(), values.end(), value);
    if (at == values.end() || *at != value) values.insert(at, value);
}

/// The service tells the ports of the first device.
void add(std::map<HostId, FoundHost>& hosts, DeviceSlot slot, HostService says,
         const io::FoundService& service) {
    if (says.devices < slot.value) return;
    says.data_port = port_of(says.data_port, slot);
    says.heartbeat_port = port_of(says.heartbeat_port, slot);
    says.control.port = port_of(says.control.port, slot);
    auto& host = hosts[says.id];
    if (host.says.epoch > says.epoch) return;
    if (host.says.epoch < says.epoch) host = {};
    host.says = says;
    host.instance = presentable(service.instance);
    insert_sorted(host.doors, {service.at.address, port_of(service.at.port, slot)});
    insert_sorted(host.interfaces, service.interface);
}

}  // namespace

HostFinder::News HostFinder::take(const std::vector<io::FoundService>& services) {
    News news;
    std::map<HostId, FoundHost> hosts;
    std::set<std::string> refused;
    for (const auto& service : services) {
        const auto says = parse_txt(service.txt);
        if (says)
            add(hosts, slot_, *says, service);
        else
            refused.insert("\"" + presentable(service.instance) + "\" at " +
                           io::to_string(service.at) + ": " + says.error().message);
    }
    for (const auto& [id, host] : hosts)
        if (const auto before = hosts_.find(id); before == hosts_.end() || before->second != host)
            news.found.push_back(host);
    for (const auto& [id, host] : hosts_)
        if (!hosts.contains(id)) news.lost.push_back(host);
    std::set_difference(refused.begin(), refused.end(), refused_.begin(), refused_.end(),
                        std::back_inserter(news.refused));
    hosts_ = std::move(hosts);
    refused_ = std::move(refused);
    return news;
}

}  // namespace midinet::control
