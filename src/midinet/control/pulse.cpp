#include "control/pulse.hpp"

#include <algorithm>
#include <string>

namespace midinet::control {

Pulse::Seat& Pulse::seat_of(DeviceSlot slot) noexcept {
    const auto last = static_cast<std::uint8_t>(seats_.size());
    return seats_[std::clamp<std::uint8_t>(slot.value, 1, last) - 1U];
}

void Pulse::join(DeviceSlot slot) {
    const std::lock_guard lock(mutex_);
    seat_of(slot) = {.joined = true};
}

void Pulse::leave(DeviceSlot slot) {
    const std::lock_guard lock(mutex_);
    seat_of(slot) = {};
}

void Pulse::turned(DeviceSlot slot, TimePoint last_turn, TimePoint now) {
    const std::lock_guard lock(mutex_);
    auto& seat = seat_of(slot);
    if (last_turn == seat.last_turn || last_turn == TimePoint{}) return;
    seat.last_turn = last_turn;
    seat.waits = false;
    seat.fresh = true;
    tell(now);
}

void Pulse::waits(DeviceSlot slot, TimePoint now) {
    const std::lock_guard lock(mutex_);
    auto& seat = seat_of(slot);
    seat.waits = true;
    seat.fresh = true;
    tell(now);
}

/// In words, for people: `systemctl status` shows it.
std::string_view Pulse::status() const {
    const bool waits = std::any_of(seats_.begin(), seats_.end(),
                                   [](const Seat& seat) { return seat.joined && seat.waits; });
    return waits ? "waiting for a network interface" : "running";
}

void Pulse::tell(TimePoint now) {
    const bool all = std::all_of(seats_.begin(), seats_.end(),
                                 [](const Seat& seat) { return seat.fresh || !seat.joined; });
    if (!tell_ || !all || (ready_ && now < next_)) return;
    std::string text = ready_ ? "WATCHDOG=1" : "READY=1\nWATCHDOG=1";
    if (status() != told_status_) text += "\nSTATUS=" + std::string(status());
    told_status_ = status();
    ready_ = true;
    next_ = now + interval_;
    for (auto& seat : seats_) seat.fresh = false;
    tell_(text);
}

}  // namespace midinet::control
