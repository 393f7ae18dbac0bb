#include "control/focus_seat.hpp"

namespace midinet::control {

void FocusSeat::on_focus(const wire::Focus& focus, TimePoint now) noexcept {
    if (next_claim_ == kNever || now - heard_ >= kExpires) next_claim_ = now + kLook;
    // Hosts that all start anew have forgotten the terms of before.
    if (now - heard_ >= kExpires) focus_ = {};
    heard_ = now;
    if (focus.overrules(focus_)) focus_ = focus;
}

bool FocusSeat::reminds(const wire::Focus& told, TimePoint now) noexcept {
    if (!holds(now) || !focus_.overrules(told) || now < next_reminder_) return false;
    next_reminder_ = now + kRemind;
    return true;
}

bool FocusSeat::claims(TimePoint now) noexcept {
    const bool free = focus_.holder.value == 0 && !focus_.manual;
    if (!auto_claim_ || !free || now - heard_ >= kExpires || now < next_claim_) return false;
    next_claim_ =
        now + kPause + Duration{static_cast<Duration::rep>(random_.below(kPause.count()))};
    return true;
}

}  // namespace midinet::control
