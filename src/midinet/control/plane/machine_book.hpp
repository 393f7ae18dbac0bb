// The machines of a show, by what they said last.
#pragma once

#include "control/plane/machine.hpp"

#include <map>

namespace midinet::control::plane {

/// Bounded; pure. Thread: one.
class MachineBook {
  public:
    /// Three statuses lost in a row, and half a second.
    static constexpr Duration kGoneAfter = 3 * kMachineInterval + 500ms;
    static constexpr Duration kForgottenAfter = 60s;
    static constexpr std::size_t kMost = 1088;  ///< as many as hosts and clients in a roster

    struct Entry {
        MachineStatus status;
        TimePoint heard;
        bool gone(TimePoint now) const noexcept { return now - heard >= kGoneAfter; }
    };

    /// When there is no more room it takes the place of the one not heard for longest, if that is
    /// gone; else it is refused.
    void on_status(const MachineStatus& status, TimePoint now);
    /// Forgets. Call it now and then.
    void on_timer(TimePoint now);
    /// Hosts first, then clients, also those that are gone. Lifetime: until the next call of the
    /// above.
    const std::map<SenderId, Entry>& machines() const noexcept { return machines_; }

  private:
    bool make_room(TimePoint now);

    std::map<SenderId, Entry> machines_;
};

}  // namespace midinet::control::plane
