#include "platform/posix/membership_watch.hpp"

#include <algorithm>

namespace midinet::platform {

void MembershipWatch::look_at(const std::vector<std::shared_ptr<UdpSeat>>& seats) {
    std::map<Key, std::vector<UdpSeat*>> members;
    for (const auto& seat : seats)
        if (seat->purpose().is_group() && seat->settled())
            members[{seat->purpose().at.address, seat->interface().index}].push_back(seat.get());
    std::erase_if(watched_, [&](const auto& entry) { return !members.contains(entry.first); });
    for (const auto& [key, sockets] : members) {
        auto& watched = watched_[key];
        std::uint64_t received = 0;
        for (const auto* socket : sockets) received += socket->received();
        const bool unread =
            std::any_of(sockets.begin(), sockets.end(), [](const auto* s) { return s->unread(); });
        if (std::exchange(watched.received, received) != received || unread) {
            watched = {.received = received};
        } else if (++watched.quiet >= watched.renew_at) {
            watched.quiet = 0;
            watched.renew_at = std::min(watched.renew_at * 2, kMostQuiet);
            for (auto* socket : sockets) socket->leave();
            for (auto* socket : sockets) socket->rejoin();
        }
    }
}

}  // namespace midinet::platform
