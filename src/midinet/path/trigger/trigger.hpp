// The note on the controller that asks for a switch, taken out of the performance.
#pragma once

#include "base/types.hpp"
#include "midi/message.hpp"

#include <cstdint>

namespace midinet::path {

/// What the engine is told to listen for.
struct TriggerSettings {
    bool enabled = false;
    std::uint8_t channel = 16;              ///< Range: 1..16, as on the surface
    std::uint8_t note = 127;                ///< Range: 0..127
    std::uint8_t velocity_threshold = 100;  ///< a press is above it. Range: 0..126
    std::uint8_t guard_note = 0;            ///< held while pressing. Range: 0..127; 0 = none
    friend bool operator==(const TriggerSettings&, const TriggerSettings&) = default;
};

enum class TriggerPress : std::uint8_t {
    None,
    Pressed,
    PressedWithoutGuard,  ///< for the audit: it must not switch
};

/// The stage between capture and pipeline. The trigger note and the guard note on their channel,
/// whichever port they come from, are controls and not music: their notes and poly pressures are
/// taken, whatever their velocity. Everything else passes.
///
/// A guard counts as held while any port holds it. All-notes-off and the other channel mode
/// messages from CC 120 on (not 121 and 122, which release nothing) and system reset let go of it
/// too, and pass. A press is every hard note-on, also a second one with no note-off between: the
/// switch gate judges how often one may switch. Thread: the engine's. RT-safe.
class Trigger {
  public:
    Trigger() noexcept = default;
    explicit Trigger(const TriggerSettings& settings) noexcept { configure(settings); }

    /// Takes effect with the next message; a guard that is held must be pressed again. A note that
    /// sounds already and becomes a control here gets no note-off any more: the caller releases
    /// what sounds first.
    void configure(const TriggerSettings& settings) noexcept;

    /// True when the message is the trigger's own: it must not go on. Precondition: port.value <
    /// kMaxPorts.
    bool take(PortIndex port, const midi::Message& message) noexcept;

    /// What the last `take` found.
    TriggerPress press() const noexcept { return press_; }

    /// The device went away, and with it the hand on the guard.
    void reset() noexcept;

  private:
    bool guard_held() const noexcept { return settings_.guard_note == 0 || guard_ports_ != 0; }
    void watch_release(PortIndex port, const midi::Message& message) noexcept;

    TriggerSettings settings_;
    std::uint16_t guard_ports_ = 0;  ///< a bit a port that holds the guard
    TriggerPress press_ = TriggerPress::None;
};

static_assert(kMaxPorts <= 16, "a bit a port");

}  // namespace midinet::path
