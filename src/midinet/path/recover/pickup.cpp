#include "path/recover/pickup.hpp"

#include <algorithm>

namespace midinet::path {
namespace {

constexpr unsigned kBankMsb = 0;
constexpr unsigned kFirstLsb = 32;
constexpr unsigned kLastLsb = 63;
constexpr unsigned kFirstSwitch = 64;
constexpr unsigned kLastSwitch = 69;

constexpr bool is_bank(unsigned controller) noexcept {
    return controller == kBankMsb || controller == kBankMsb + kFirstLsb;
}
constexpr bool is_switch(unsigned controller) noexcept {
    return controller >= kFirstSwitch && controller <= kLastSwitch;
}

}  // namespace

bool Pickup::is_picked_up(unsigned channel, unsigned controller) const noexcept {
    return controller < midi::ControlProfile::kControllers && !is_bank(controller) &&
           !midi::is_parameter_control(controller) && !is_switch(controller) &&
           profile_.of(channel, controller) == midi::ControlClass::Absolute;
}

/// Whether the profile makes it the low half of a control that is picked up.
bool Pickup::is_lsb(unsigned channel, unsigned controller) const noexcept {
    return profile_.lsb_pairs() && controller >= kFirstLsb && controller <= kLastLsb &&
           is_picked_up(channel, controller) && is_picked_up(channel, controller - kFirstLsb);
}

void Pickup::begin(const midi::StreamState& in_force, const midi::StreamState& truth) noexcept {
    static const midi::PortState nothing;
    clear();
    used_ = in_force.count();
    for (std::uint8_t p = 0; p < used_; ++p) {
        const auto* known = truth.find(PortIndex{p});
        for (unsigned channel = 0; channel < midi::PortState::kChannels; ++channel)
            mark_channel(ports_[p][channel], channel, *in_force.find(PortIndex{p}),
                         known != nullptr ? *known : nothing);
    }
}

void Pickup::mark_channel(Channel& controls, unsigned channel, const midi::PortState& in_force,
                          const midi::PortState& truth) noexcept {
    for (unsigned c = 0; c < midi::ControlProfile::kControllers; ++c) {
        const bool follows = is_lsb(channel, c) && in_force.control(channel, c - kFirstLsb) >= 0;
        if (is_picked_up(channel, c) && !follows)
            mark(controls[c], in_force.control(channel, c), truth.control(channel, c));
    }
    mark(controls[kBend], in_force.bend(channel), truth.bend(channel));
}

void Pickup::mark(Control& control, int in_force, int truth) noexcept {
    const bool moot = truth < 0 && !options_.unknown;
    if (in_force < 0 || in_force == truth || moot) return;
    control = {.target = static_cast<std::uint16_t>(in_force),
               .last = truth < 0 ? kUnknown : static_cast<std::uint16_t>(truth),
               .waiting = true};
    ++waiting_;
}

void Pickup::clear() noexcept {
    for (std::uint8_t p = 0; p < used_ && waiting_ > 0; ++p)
        for (auto& channel : ports_[p])
            for (auto& control : channel) control.waiting = false;
    waiting_ = 0;
}

bool Pickup::passes(PortIndex port, const midi::Message& message) noexcept {
    if (waiting_ == 0 || port.value >= used_ || !message.is_channel_message()) return true;
    auto& controls = ports_[port.value][message.channel()];
    bool passes = true;
    if (message.kind() == midi::Kind::PitchBend) {
        passes = reaches(controls[kBend], message.value14());
    } else if (message.kind() == midi::Kind::ControlChange && message.data1() < kBend) {
        const unsigned c = message.data1();
        const bool held_by_msb = is_lsb(message.channel(), c) && controls[c - kFirstLsb].waiting;
        passes = !held_by_msb && reaches(controls[c], message.data2());
    }
    if (!passes) ++withheld_;
    return passes;
}

bool Pickup::reaches(Control& control, unsigned value) noexcept {
    if (!control.waiting) return true;
    const bool known = control.last != kUnknown;
    const bool from_below = known && control.last < control.target && value >= control.target;
    const bool from_above = known && control.last > control.target && value <= control.target;
    control.last = static_cast<std::uint16_t>(value);
    if (value != control.target && !from_below && !from_above) return false;
    control.waiting = false;
    --waiting_;
    return true;
}

bool Pickup::waits(PortIndex port, unsigned channel, unsigned control) const noexcept {
    if (waiting_ == 0 || port.value >= used_ || channel >= midi::PortState::kChannels ||
        control >= kControls)
        return false;
    const auto& controls = ports_[port.value][channel];
    return controls[control].waiting ||
           (is_lsb(channel, control) && controls[control - kFirstLsb].waiting);
}

}  // namespace midinet::path
