#include "control/identity_beacon.hpp"

#include <array>

namespace midinet::control {

void IdentityBeacon::on_timer(TimePoint now) {
    const auto since = now - sent_;
    if (sent_ != TimePoint{} && since < (soon_ ? kMinInterval : wire::kIdentityInterval)) return;
    sent_ = now;
    soon_ = false;
    std::array<std::byte, wire::kMaxDatagram> buffer{};
    ByteWriter writer{buffer};
    wire::begin_datagram(
        writer, {.kind = wire::PacketKind::Identity, .sender = sender_, .boot = identity_.epoch});
    wire::encode_identity(writer, identity_);
    if (!wire::end_datagram(writer)) return;
    for (const auto& socket : sockets_)
        (void)socket->send(group_, writer.written());  // a link may be down: it will be up again
}

}  // namespace midinet::control
