// Groups of which nothing is heard any more, joined again.
#pragma once

#include "platform/native_udp.hpp"

#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace midinet::platform {

/// A switch that snoops and is reminded by no querier forgets who listens (RFC 4541 section 2.1.1).
/// When none of a group's sockets on an interface heard anything for kFirstQuiet calls, all of them
/// leave it and join it again, which is reported at once (RFC 3376 section 5.1); then after twice
/// as many, up to kMostQuiet. All of them, because the system reports a change of its own
/// membership only: another program that has joined the group too keeps it from being reported.
/// Thread: control.
class MembershipWatch {
  public:
    static constexpr unsigned kFirstQuiet = 2;
    static constexpr unsigned kMostQuiet = 32;

    /// To be called about once a second with all sockets that are open.
    void look_at(const std::vector<std::shared_ptr<UdpSeat>>& seats);

  private:
    using Key = std::pair<std::uint32_t, unsigned>;  ///< the group, the interface's index
    struct Watched {
        std::uint64_t received = 0;
        unsigned quiet = 0;
        unsigned renew_at = kFirstQuiet;
    };
    std::map<Key, Watched> watched_;
};

}  // namespace midinet::platform
