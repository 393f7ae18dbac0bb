#include "control/plane/station.hpp"

#include <array>

namespace midinet::control::plane {

Result<std::unique_ptr<Station>> Station::open(io::Network& network,
                                               const StationOptions& options) {
    std::unique_ptr<Station> station(new Station(options));
    const auto add = [&](Result<std::unique_ptr<io::DatagramSocket>> opened,
                         std::size_t interface) -> Result<void> {
        if (!opened) return tl::unexpected(opened.error());
        station->ears_.push_back({std::move(*opened), interface});
        return {};
    };
    const auto& names = options.interfaces;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (auto added = add(network.open_unicast(names[i], 0, false), i); !added)
            return tl::unexpected(added.error());
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (auto added = add(network.open_group(options.group, names[i]), i); !added)
            return tl::unexpected(added.error());
        if (!options.has_door) continue;
        if (auto added = add(network.open_unicast(names[i], options.group.port, true), i); !added)
            return tl::unexpected(added.error());
    }
    station->packet_numbers_.resize(names.size());
    return station;
}

std::vector<io::Handle> Station::handles() const {
    std::vector<io::Handle> handles;
    handles.reserve(ears_.size());
    for (const auto& ear : ears_) handles.push_back(ear.socket->handle());
    return handles;
}

void Station::receive(const std::function<void(const Heard&)>& take) {
    std::array<std::byte, wire::kMaxDatagram + 1> buffer{};
    for (const auto& ear : ears_)
        for (int i = 0; i < kBatch; ++i) {
            const auto received = ear.socket->receive(buffer);
            if (!received) break;
            take({received->bytes, received->from, ear.interface});
        }
}

void Station::send(std::size_t interface, io::Endpoint to, ByteView bytes) {
    if (!ears_[interface].socket->send(to, bytes)) ++send_failures_;
}

void Station::say(const Message& message, Epoch boot) {
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    const auto encoded = encode_datagram(buffer, message, boot);
    if (!encoded) {
        ++send_failures_;
        return;
    }
    const auto datagram = std::span{buffer}.first(encoded->size());
    for (std::size_t i = 0; i < options_.interfaces.size(); ++i) {
        wire::set_packet_number(datagram, ++packet_numbers_[i]);
        send(i, options_.group, datagram);
        wire::set_packet_number(datagram, wire::kUncounted);
        for (const auto& peer : options_.peers) send(i, peer, datagram);
    }
}

void Station::reply(const Heard& to, const Message& message, Epoch boot) {
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    const auto encoded = encode_datagram(buffer, message, boot);
    if (encoded)
        send(to.interface, to.from, *encoded);
    else
        ++send_failures_;
}

}  // namespace midinet::control::plane
