// A show that went elsewhere by itself stays there for those who come later, too.
#pragma once

#include "control/plane/roster.hpp"
#include "wire/heartbeat.hpp"

#include <optional>

namespace midinet::control {

/// After an automatic failover nobody has appointed the host that is played. A client that starts
/// when the other one is back would follow that one, and the show would be divided. So the host
/// that all clients play has itself appointed: nobody changes, and whoever comes knows. Pure.
/// Thread: one.
class OwnShow {
  public:
    /// For so long all clients must have played us, in the knowledge of the appointment in force:
    /// two statuses of each, and a switch by hand that is under way has come to them.
    static constexpr Duration kHold = 2500ms;

    explicit OwnShow(HostId own) : own_(own) {}

    /// Whether clients return by themselves (switch_back_policy "auto"): then the preferred host
    /// stays the preferred one, and nothing is to be kept.
    void configure(bool returns) noexcept { returns_ = returns; }
    /// Call after every change of `roster`, and once a second. Gives what is to be in force from
    /// now on, when it is time. Each gone client has no say.
    std::optional<wire::Appointment> judge(const wire::Appointment& in_force,
                                           const plane::Roster& roster, TimePoint now) noexcept;

  private:
    HostId own_;
    bool returns_ = false;
    TimePoint since_ = kNever;  ///< all clients play us
    wire::Appointment known_;   ///< in force at that time
};

}  // namespace midinet::control
