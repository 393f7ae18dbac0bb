#include "control/cli/stream/stream_ear.hpp"

#include "control/device_slots.hpp"

#include <algorithm>
#include <array>

namespace midinet::control::cli {
namespace {

constexpr int kBatch = 64;

}  // namespace

Result<std::unique_ptr<StreamEar>> StreamEar::open(const Surroundings& with, const Request& request,
                                                   std::function<void(const TapEvent&)> take) {
    const auto interfaces = interfaces_of(with.network, request);
    if (!interfaces) return tl::unexpected(interfaces.error());
    std::unique_ptr<StreamEar> ear(new StreamEar(with, std::move(take)));
    for (const auto& interface : *interfaces)
        for (const char* group : {wire::kPrimaryGroup, wire::kStandbyGroup})
            for (const auto first : {wire::kDataPort, wire::kHeartbeatPort}) {
                auto socket = with.network.open_group(
                    {*io::parse_ipv4(group), port_of(first, request.device)}, interface);
                if (!socket) return tl::unexpected(socket.error());
                if (auto watched = with.waiter.watch((*socket)->handle(), 0, true, false); !watched)
                    return tl::unexpected(watched.error());
                ear->sockets_.push_back(std::move(*socket));
            }
    return ear;
}

StreamEar::~StreamEar() {
    for (const auto& socket : sockets_) with_.waiter.unwatch(socket->handle());
}

void StreamEar::turn(TimePoint deadline) {
    std::array<io::Ready, 16> ready;
    (void)with_.waiter.wait(std::min(deadline, tap_.next_due()), ready);
    const TimePoint now = with_.clock.now();
    std::array<std::byte, wire::kMaxDatagram + 1> buffer{};
    for (const auto& socket : sockets_)
        for (int n = 0; n < kBatch; ++n) {
            const auto received = socket->receive(buffer);
            if (!received) break;
            tap_.on_datagram(received->bytes, now);
        }
    tap_.on_timer(now);
}

}  // namespace midinet::control::cli
