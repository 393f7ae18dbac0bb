// Who gets a unicast copy.
#pragma once

#include "base/fixed_vector.hpp"
#include "io/datagram_socket.hpp"
#include "path/types.hpp"
#include "wire/constants.hpp"

#include <algorithm>

namespace midinet::engine {

/// The host's lease holders. Bounded, so a flood of requests costs nothing. RT-safe.
class Leases {
  public:
    static constexpr std::size_t kMax = 64;

    /// False when all places are taken.
    bool renew(path::Peer peer, TimePoint now) noexcept {
        for (auto& lease : leases_)
            if (lease.peer == peer) {
                lease.until = now + wire::kLeaseTerm;
                return true;
            }
        return leases_.push_back({peer, now + wire::kLeaseTerm});
    }
    void release(path::Peer peer) noexcept {
        for (std::size_t i = leases_.size(); i-- > 0;)
            if (leases_[i].peer == peer) leases_.swap_remove(i);
    }
    void expire(TimePoint now) noexcept {
        for (std::size_t i = leases_.size(); i-- > 0;)
            if (leases_[i].until <= now) leases_.swap_remove(i);
    }
    template <typename Each>
    void for_each(Each each) const noexcept {
        for (const auto& lease : leases_) each(lease.peer);
    }
    std::size_t size() const noexcept { return leases_.size(); }

  private:
    struct Lease {
        path::Peer peer;
        TimePoint until;
    };
    FixedVector<Lease, kMax> leases_;
};

/// The client's side: asks hosts it knows of for a unicast copy when their multicast does not
/// arrive. RT-safe.
class LeaseSeeker {
  public:
    static constexpr std::size_t kMaxHosts = 16;
    static constexpr Duration kDeaf = 1s;        ///< multicast missing this long: ask
    static constexpr Duration kAtStart = 200ms;  ///< at the start, sooner
    /// So long a host that is new to us may take to be heard: some heartbeats.
    static constexpr Duration kGrace = 20ms;

    void begin(TimePoint now) noexcept { first_ask_ = now + kAtStart; }
    /// A host that exists, by configuration, because it said so, or by DNS-SD.
    void know(io::Endpoint door, TimePoint now) noexcept {
        for (const auto& host : hosts_)
            if (host.door == door) return;
        hosts_.push_back({.door = door, .next_ask = std::max(first_ask_, now + kGrace)});
    }
    /// It is not asked any more.
    void forget(io::Endpoint door) noexcept {
        for (std::size_t i = hosts_.size(); i-- > 0;)
            if (hosts_[i].door == door) hosts_.swap_remove(i);
    }
    void on_multicast(std::uint32_t from, TimePoint now) noexcept {
        for (auto& host : hosts_)
            if (host.door.address == from) {
                host.heard = now;
                host.asked = false;
            }
    }
    /// Calls `ask(endpoint, first)` for each host to ask now; `first`: it was heard, or not known,
    /// before.
    template <typename Ask>
    void on_timer(TimePoint now, Ask ask) noexcept {
        for (auto& host : hosts_) {
            if (now < host.next_ask) continue;
            host.next_ask = now + wire::kLeaseRenewal;
            if (host.heard != TimePoint{} && now - host.heard <= kDeaf) continue;
            ask(host.door, !host.asked);
            host.asked = true;
        }
    }
    template <typename Each>
    void for_each(Each each) const noexcept {
        for (const auto& host : hosts_) each(host.door);
    }
    TimePoint next_due() const noexcept {
        TimePoint due = kNever;
        for (const auto& host : hosts_) due = std::min(due, host.next_ask);
        return due;
    }

  private:
    struct Host {
        io::Endpoint door;
        TimePoint heard{};  ///< by multicast, last
        TimePoint next_ask{};
        bool asked = false;  ///< since it was heard
    };
    FixedVector<Host, kMaxHosts> hosts_;
    TimePoint first_ask_{};
};

}  // namespace midinet::engine
