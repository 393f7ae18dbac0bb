// People who switch by hand, and who disarm.
#pragma once

#include "boxes.hpp"
#include "control/switch_gate.hpp"

namespace midinet::simtest {

/// What the hosts' control planes do, without their datagrams: one gate judges, and a host after
/// the other comes to know.
class Switching {
  public:
    Switching(platform::sim::World& world, const Plan& plan, Hosts& hosts);

    /// Somebody asks for host `target` while `played` is played.
    void ask(unsigned target, SourceId played);
    void arm(bool on);
    /// It is told what is in force.
    void on_start(HostBox& host);
    /// The last switch that was made.
    const wire::Appointment& in_force() const noexcept { return appointment_; }
    TimePoint switched_at() const noexcept { return switched_at_; }

  private:
    std::vector<control::HostView> views(SourceId played) const;
    void tell(HostBox& host, Duration after);

    platform::sim::World& world_;
    Hosts& hosts_;
    Random random_;
    control::SwitchGate gate_{{.lockout = Duration{}}};
    wire::FailoverPolicy rules_;
    wire::Appointment appointment_;
    TimePoint switched_at_{};
};

}  // namespace midinet::simtest
