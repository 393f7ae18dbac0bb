// What the supervisor of a process hears of its data path: that it is there, and that it goes on.
#pragma once

#include "base/time.hpp"
#include "base/types.hpp"
#include "wire/constants.hpp"

#include <array>
#include <functional>
#include <mutex>
#include <string_view>

namespace midinet::control {

/// Makes one pulse of the turns of all devices' engines. The supervisor is told READY=1 once each
/// engine has turned or its daemon says what it waits for, and then WATCHDOG=1 when each has done
/// so again: one engine that hangs silences the whole process. What is told has the form of
/// sd_notify(3). Thread: any but a hot one.
class Pulse {
  public:
    using Tell = std::function<void(std::string_view)>;

    /// `tell`: to the supervisor; empty when there is none. `interval`: that the process lives is
    /// told no more often.
    Pulse(Tell tell, Duration interval) : tell_(std::move(tell)), interval_(interval) {}

    /// From now on this device's engine counts.
    void join(DeviceSlot slot);
    /// It ended in good order, and counts no more.
    void leave(DeviceSlot slot);
    /// When its engine turned last; a TimePoint{} tells nothing. Call it every second at least.
    void turned(DeviceSlot slot, TimePoint last_turn, TimePoint now);
    /// Nothing turns yet, and nothing hangs: a network interface is waited for.
    void waits(DeviceSlot slot, TimePoint now);

  private:
    struct Seat {
        bool joined = false;
        bool fresh = false;  ///< turned, or waited, since life was told last
        bool waits = false;
        TimePoint last_turn{};
    };
    Seat& seat_of(DeviceSlot slot) noexcept;
    void tell(TimePoint now);
    std::string_view status() const;

    const Tell tell_;
    const Duration interval_;
    std::mutex mutex_;
    std::array<Seat, wire::kMaxDevices> seats_{};
    std::string_view told_status_;
    bool ready_ = false;
    TimePoint next_{};  ///< when life is told again at the earliest
};

}  // namespace midinet::control
