// A client's side of the focus: whether it has it, and when it asks for it.
#pragma once

#include "base/random.hpp"
#include "wire/heartbeat.hpp"

namespace midinet::control {

/// Follows the register that hosts repeat in their heartbeats. Without a heartbeat for kExpires it
/// takes itself for nobody's holder: the hosts, who miss its statuses as long, do the same. Pure.
/// Thread: one. RT-safe but for the constructor.
class FocusSeat {
  public:
    static constexpr Duration kExpires = 3500ms;
    /// A register is looked at for so long before the first claim: another host may know a higher
    /// one.
    static constexpr Duration kLook = 200ms;
    /// Between claims at least; up to twice as long, so that two clients do not ask in step.
    static constexpr Duration kPause = 500ms;
    /// Between reminders: a status is under way as long at most.
    static constexpr Duration kRemind = 50ms;

    FocusSeat(SenderId own, bool auto_claim) noexcept
        : own_(own), auto_claim_(auto_claim), random_(own.value) {}

    void set_auto_claim(bool on) noexcept { auto_claim_ = on; }
    /// A heartbeat's register.
    void on_focus(const wire::Focus& focus, TimePoint now) noexcept;
    bool holds(TimePoint now) const noexcept {
        return focus_.holder == own_ && now - heard_ < kExpires;
    }
    /// True when it is time to ask for the focus; the next time comes after a pause.
    bool claims(TimePoint now) noexcept;
    /// True when a host that says `told` has forgotten that we hold the focus, as one that started
    /// anew: it is time to say so.
    bool reminds(const wire::Focus& told, TimePoint now) noexcept;
    const wire::Focus& focus() const noexcept { return focus_; }

  private:
    SenderId own_;
    bool auto_claim_;
    Random random_;
    wire::Focus focus_;
    TimePoint heard_{-kExpires};
    TimePoint next_claim_ = kNever;
    TimePoint next_reminder_{};
};

}  // namespace midinet::control
