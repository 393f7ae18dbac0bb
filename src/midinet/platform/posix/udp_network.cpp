#include "platform/posix/udp_network.hpp"

#include "io/ip_address.hpp"
#include "platform/native_udp.hpp"

#include <set>

namespace midinet::platform {
namespace {

std::string news_of(const UdpSeat& seat) {
    const Interface& on = seat.interface();
    return "network interface " + on.name + " is used with index " + std::to_string(on.index) +
           " and address " + io::to_string(io::IpAddress::from_ipv4(on.address));
}

}  // namespace

Result<std::unique_ptr<io::DatagramSocket>> UdpNetwork::open(const std::string& interface,
                                                             io::Endpoint at, bool shared) {
    const auto on = find_interface(list_interfaces(), interface);
    if (!on && absent_ == Absent::Refuse) return tl::unexpected(on.error());
    auto seat = UdpSeat::open({.at = at, .interface = interface, .shared = shared});
    if (!seat) return tl::unexpected(seat.error());
    if (on)
        if (auto settled = (*seat)->settle(*on); !settled) return tl::unexpected(settled.error());
    seats_.push_back(*seat);
    return std::make_unique<UdpSocket>(std::move(*seat));
}

Result<std::unique_ptr<io::DatagramSocket>> UdpNetwork::open_group(io::Endpoint group,
                                                                   const std::string& interface) {
    if (!io::is_multicast(group.address))
        return fail("opening group " + io::to_string(group) + " on \"" + interface +
                        "\": not a multicast address (224.0.0.0 to 239.255.255.255)",
                    2);
    return open(interface, group, true);
}

Result<std::unique_ptr<io::DatagramSocket>> UdpNetwork::open_unicast(const std::string& interface,
                                                                     std::uint16_t port,
                                                                     bool shared) {
    return open(interface, {0, port}, shared && port != 0);
}

std::vector<std::string> UdpNetwork::usable_interfaces() { return usable_names(list_interfaces()); }

Result<void> UdpNetwork::check_interface(const std::string& interface) {
    const auto found = find_interface(list_interfaces(), interface);
    if (!found) return tl::unexpected(found.error());
    return {};
}

io::Network::Tended UdpNetwork::tend() {
    const auto all = list_interfaces();
    Tended tended;
    std::set<std::string> news;
    std::vector<std::shared_ptr<UdpSeat>> open;
    for (const auto& weak : seats_)
        if (auto seat = weak.lock()) open.push_back(std::move(seat));
    seats_.assign(open.begin(), open.end());
    for (const auto& seat : open) {
        const auto done = seat->tend(all);
        tended.replaced = tended.replaced || done.replaced;
        if (done.moved) news.insert(news_of(*seat));
    }
    memberships_.look_at(open);
    tended.news.assign(news.begin(), news.end());
    return tended;
}

}  // namespace midinet::platform
