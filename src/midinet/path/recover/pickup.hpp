// Soft takeover: after a switch, a control of the new host acts once it has reached the value in
// force.
#pragma once

#include "base/lazy_array.hpp"
#include "midi/control_profile.hpp"
#include "midi/stream_state.hpp"

#include <array>

namespace midinet::path {

struct PickupOptions {
    /// Whether a control that the new host has never heard of must be picked up too: where it
    /// stands is not known. False: it acts at once.
    bool unknown = true;
};

/// Withholds what would make a value jump. Only controls that have a position are picked up:
/// controllers of class Absolute, and pitch bend. Never withheld are notes, pressures, programs,
/// SysEx and system messages; Relative and Momentary controllers; CC 120-127; bank, RPN, NRPN and
/// data entry (0, 32, 6, 38, 96-101); and the switches 64-69, since a pedal that does not come up
/// holds its notes for ever.
///
/// 14-bit pairs: where the profile pairs 0-31 with 32-63 and CC n has a value in force, CC n + 32
/// waits with CC n and says nothing by itself: n decides, by its seven bits, and what the LSB can
/// still jump is less than one step of it. Otherwise n + 32 is a control of its own, judged by its
/// own value and class.
///
/// Memory: 182 KiB, touched where a port is used. Thread: the engine's. All members but the
/// constructor are RT-safe.
class Pickup {
  public:
    explicit Pickup(const midi::ControlProfile& profile, const PickupOptions& options = {})
        : profile_(profile), options_(options), ports_(kMaxPorts) {}

    /// A switch: `in_force` is what the port was told (the shadow), `truth` what the new host's
    /// controls say as far as it is known. Whatever waited from an earlier switch is judged anew.
    /// Bounded by 16 ports of 16 channels of 121 controls.
    void begin(const midi::StreamState& in_force, const midi::StreamState& truth) noexcept;
    /// Everything acts again.
    void clear() noexcept;
    /// Whether the new host's next message may be played. A control that waits passes once its
    /// value equals the one in force or has crossed it since the message before (for the first
    /// message: since what `truth` knew); from then on it always passes.
    bool passes(PortIndex port, const midi::Message& message) noexcept;

    /// Whether this controller, or with kBend the bend, still waits. Whoever corrects the port
    /// while some do must leave these alone.
    bool waits(PortIndex port, unsigned channel, unsigned control) const noexcept;
    static constexpr unsigned kBend = midi::ControlProfile::kControllers;
    /// How many wait; 0: passes() says yes to everything.
    std::uint32_t waiting() const noexcept { return waiting_; }
    std::uint64_t withheld() const noexcept { return withheld_; }

  private:
    static constexpr unsigned kControls = kBend + 1;
    struct Control {
        std::uint16_t target;  ///< the value in force
        std::uint16_t last;    ///< where the control stands; kUnknown: it was not heard of yet
        bool waiting;
    };
    static constexpr std::uint16_t kUnknown = 0xFFFF;
    using Channel = std::array<Control, kControls>;
    using Port = std::array<Channel, midi::PortState::kChannels>;

    void mark_channel(Channel& controls, unsigned channel, const midi::PortState& in_force,
                      const midi::PortState& truth) noexcept;
    void mark(Control& control, int in_force, int truth) noexcept;
    bool is_picked_up(unsigned channel, unsigned controller) const noexcept;
    bool is_lsb(unsigned channel, unsigned controller) const noexcept;
    bool reaches(Control& control, unsigned value) noexcept;

    const midi::ControlProfile& profile_;
    PickupOptions options_;
    LazyArray<Port> ports_;
    std::uint8_t used_ = 0;  ///< ports that may hold something
    std::uint32_t waiting_ = 0;
    std::uint64_t withheld_ = 0;
};

}  // namespace midinet::path
