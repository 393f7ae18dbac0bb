// How the host's stages reach the network.
#pragma once

#include "engine/host_engine.hpp"

namespace midinet::engine {

/// The path's way out: every multicast on every interface and to every lease holder.
class HostEngine::Out final : public path::DatagramOut {
  public:
    explicit Out(HostEngine& engine) noexcept : engine_(engine) {}
    void multicast(path::Group group, std::span<std::byte> datagram) noexcept override {
        if (engine_.held_) return;  // nor are numbers used up: as if it had lost its power
        const auto to = group == path::Group::Data ? engine_.options_.data_group
                                                   : engine_.options_.heartbeat_group;
        for (std::size_t i = 0; i < engine_.sockets_.senders; ++i) {
            wire::set_packet_number(datagram, ++engine_.packet_numbers_[i]);
            send(i, to, datagram);
        }
        wire::set_packet_number(datagram, wire::kUncounted);
        engine_.leases_.for_each([&](path::Peer peer) { unicast(peer, datagram); });
    }
    void unicast(path::Peer to, std::span<std::byte> datagram) noexcept override {
        if (engine_.held_) return;
        const auto peer = unpack(to);
        wire::set_packet_number(datagram, wire::kUncounted);
        send(peer.socket, peer.endpoint, datagram);
    }

  private:
    void send(std::size_t socket, io::Endpoint to, std::span<std::byte> datagram) noexcept {
        if (!engine_.sockets_.sockets[socket]->send(to, datagram)) ++engine_.counts_.send_failures;
    }
    HostEngine& engine_;
};

}  // namespace midinet::engine
