// How fast counters of statuses grow.
#pragma once

#include "control/plane/message.hpp"

#include <cstdint>
#include <map>

namespace midinet::admin {

/// Between the last two statuses of a box. Units: events a second.
struct HostRate {
    double events = 0;
    double retransmitted = 0;
};
struct ClientRate {
    double played = 0;
    double lost = 0;
    double repaired = 0;
};

/// From one status to the next, by the boxes' own clocks: network delay does not enter. A box that
/// was started anew, or whose status came by two networks at once, begins or changes nothing.
/// Copies are values. Pure. Thread: one.
class Rates {
  public:
    void on_status(const control::plane::HostStatus& status);
    void on_status(const control::plane::ClientStatus& status);
    /// Zero for a box that said one status at most.
    HostRate of(HostId id) const;
    ClientRate of(SenderId id) const;
    /// Forgets boxes that the roster forgot.
    template <typename Known>
    void keep(const Known& known) {
        std::erase_if(hosts_,
                      [&](const auto& item) { return !known.hosts().contains(item.first); });
        std::erase_if(clients_,
                      [&](const auto& item) { return !known.clients().contains(item.first); });
    }

  private:
    template <typename Counters, typename Rate>
    struct Line {
        std::uint64_t uptime_ms = 0;
        Counters counters{};
        Rate rate{};
    };
    std::map<HostId, Line<control::plane::HostCounters, HostRate>> hosts_;
    std::map<SenderId, Line<control::plane::ClientCounters, ClientRate>> clients_;
};

}  // namespace midinet::admin
