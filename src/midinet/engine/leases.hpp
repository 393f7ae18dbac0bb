// Who gets a unicast copy.
#pragma once

#include "base/fixed_vector.hpp"
#include "io/datagram_socket.hpp"
#include "path/types.hpp"
#include "wire/constants.hpp"

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
    static constexpr Duration kAtStart = 300ms;  ///< at the start, sooner

    void begin(TimePoint now) noexcept { next_ask_ = now + kAtStart; }
    /// A host that exists, by configuration or because it said so.
    void know(io::Endpoint door) noexcept {
        for (const auto& host : hosts_)
            if (host.door == door) return;
        hosts_.push_back({door, {}});
    }
    void on_multicast(std::uint32_t from, TimePoint now) noexcept {
        for (auto& host : hosts_)
            if (host.door.address == from) host.heard = now;
    }
    /// Calls `ask(endpoint)` for each host to ask now.
    template <typename Ask>
    void on_timer(TimePoint now, Ask ask) noexcept {
        if (now < next_ask_) return;
        next_ask_ = now + wire::kLeaseRenewal;
        for (const auto& host : hosts_)
            if (host.heard == TimePoint{} || now - host.heard > kDeaf) ask(host.door);
    }
    template <typename Each>
    void for_each(Each each) const noexcept {
        for (const auto& host : hosts_) each(host.door);
    }
    TimePoint next_due() const noexcept { return hosts_.empty() ? kNever : next_ask_; }

  private:
    struct Host {
        io::Endpoint door;
        TimePoint heard;
    };
    FixedVector<Host, kMaxHosts> hosts_;
    TimePoint next_ask_{};
};

}  // namespace midinet::engine
