// The midi-admins of a network, by what they said last.
#pragma once

#include "base/time.hpp"
#include "control/plane/admin.hpp"
#include "io/datagram_socket.hpp"

#include <map>

namespace midinet::control::plane {

/// Who is gone is not in it. Bounded; pure. Thread: one.
class AdminBook {
  public:
    /// Three statuses lost in a row, and half a second.
    static constexpr Duration kGoneAfter = 3500ms;
    static constexpr std::size_t kMost = 64;

    struct Entry {
        AdminStatus status;
        /// Where it was first heard from in this status: it comes by every network at once.
        io::Endpoint from;
        TimePoint heard;
    };
    /// Where there is no more room a new one is refused.
    void on_status(const AdminStatus& status, io::Endpoint from, TimePoint now);
    /// Forgets. Before the book is looked at.
    void on_timer(TimePoint now);
    /// Lifetime: until the next call of the above.
    const std::map<SenderId, Entry>& admins() const noexcept { return admins_; }

  private:
    std::map<SenderId, Entry> admins_;
};

}  // namespace midinet::control::plane
