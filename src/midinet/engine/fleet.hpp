// Several daemons in one process: one for each device.
#pragma once

#include "base/result.hpp"
#include "base/types.hpp"
#include "control/logging.hpp"
#include "control/sibling_order.hpp"
#include "io/signals.hpp"
#include "io/waiter.hpp"
#include "wire/constants.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace midinet::engine {

/// What the daemon of one device tells and hears of the others in its process. Empty functions:
/// there are none. Thread: control.
struct Siblings {
    std::function<void(const control::SiblingOrder&)> tell;
    std::function<std::optional<control::SiblingOrder>()> next_order;
    std::function<void(bool)> set_device_present;
    std::function<std::uint8_t()> missing;  ///< bit n-1: device n is not there
};

/// What one daemon has of its fleet. Thread: its control thread, but for what is marked otherwise.
class FleetMember final : public io::Signals {
  public:
    FleetMember(DeviceSlot slot, std::unique_ptr<io::Waiter> engine,
                std::unique_ptr<io::Waiter> control)
        : slot_(slot), engine_waiter_(std::move(engine)), control_waiter_(std::move(control)) {}

    DeviceSlot slot() const noexcept { return slot_; }
    io::Waiter& engine_waiter() noexcept { return *engine_waiter_; }
    io::Waiter& control_waiter() noexcept { return *control_waiter_; }

    /// None: whoever posts wakes the control waiter.
    io::Handle handle() const noexcept override { return io::kNoHandle; }
    std::optional<io::Signal> next() noexcept override;
    std::optional<control::SiblingOrder> next_order();

    /// Thread: any.
    void post(io::Signal signal) noexcept;
    /// Thread: any.
    void post(const control::SiblingOrder& order);

  private:
    static constexpr std::size_t kMostOrders = 8;  ///< more are lost: nobody presses that fast

    DeviceSlot slot_;
    std::unique_ptr<io::Waiter> engine_waiter_;
    std::unique_ptr<io::Waiter> control_waiter_;
    std::atomic<bool> stop_{false};
    std::atomic<bool> reload_{false};
    std::mutex mutex_;
    std::vector<control::SiblingOrder> orders_;
};

/// Lifetime: all of it outlives the fleet.
struct FleetSurroundings {
    io::Signals& signals;
    io::Waiter& waiter;  ///< of the thread that runs the fleet
    std::function<Result<std::unique_ptr<io::Waiter>>()> make_waiter;
};

/// Runs each device's daemon on a control thread of its own, and passes on to all of them what the
/// system asks of the process. The first daemon that ends with an error has the others end in good
/// order; the fleet then ends with that error. Thread: that of run(), but for what is marked
/// otherwise.
class Fleet {
  public:
    using Daemon = std::function<Result<void>(FleetMember&)>;
    Fleet(FleetSurroundings surroundings, Daemon daemon)
        : s_(std::move(surroundings)), daemon_(std::move(daemon)) {}
    ~Fleet();

    /// Until all daemons have ended: those of `slots`, and those that are asked for.
    Result<void> run(const std::vector<DeviceSlot>& slots);
    /// There is to be a daemon for this device, too, from now on. Thread: any.
    void ask_for(DeviceSlot slot) noexcept;

    /// Of a member of this fleet. Lifetime: the fleet's. Thread: the member's.
    Siblings siblings_of(FleetMember& member);

  private:
    void start_those_asked_for();
    Result<void> add(DeviceSlot slot);
    void launch(FleetMember& member);
    void on_end(const Result<void>& result);
    void on_signals();
    void tell_others(DeviceSlot from, const control::SiblingOrder& order);
    void set_device_present(DeviceSlot slot, bool present) noexcept;

    FleetSurroundings s_;
    Daemon daemon_;
    std::mutex mutex_;  ///< of members_, as a list, and of result_
    std::vector<std::unique_ptr<FleetMember>> members_;
    std::vector<std::thread> threads_;    ///< in the order of members_
    std::atomic<std::uint8_t> asked_{0};  ///< bit n-1: for device n
    std::atomic<std::uint8_t> missing_{0};
    std::atomic<std::size_t> running_{0};
    std::atomic<bool> stopping_{false};
    Result<void> result_;
};

}  // namespace midinet::engine
