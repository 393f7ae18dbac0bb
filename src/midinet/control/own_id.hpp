// Does somebody else use our host id?
#pragma once

#include "io/datagram_socket.hpp"
#include "wire/heartbeat.hpp"

#include <algorithm>
#include <array>

namespace midinet::control {

/// Listens for heartbeats of one source id and keeps the highest epoch. Thread: control.
class OwnId {
  public:
    explicit OwnId(SourceId own) : own_(own) {}

    /// Takes what waits in `socket`, at most a few hundred datagrams.
    void listen(io::DatagramSocket& socket) {
        std::array<std::byte, wire::kMaxDatagram + 1> buffer{};
        for (int i = 0; i < 256; ++i) {
            const auto received = socket.receive(buffer);
            if (!received) return;
            const auto datagram = wire::decode_datagram(received->bytes);
            if (!datagram || datagram->header.kind != wire::PacketKind::Heartbeat) continue;
            const auto beat = wire::decode_heartbeat(datagram->payload);
            if (!beat || beat->beat.source != own_) continue;
            epoch_ = std::max(epoch_, beat->beat.epoch);
            from_ = received->from;
        }
    }
    bool heard() const noexcept { return epoch_.value != 0; }
    Epoch epoch() const noexcept { return epoch_; }
    io::Endpoint from() const noexcept { return from_; }

  private:
    SourceId own_;
    Epoch epoch_;
    io::Endpoint from_;
};

}  // namespace midinet::control
