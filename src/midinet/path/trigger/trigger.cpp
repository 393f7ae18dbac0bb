#include "path/trigger/trigger.hpp"

#include "base/verify.hpp"

namespace midinet::path {
namespace {

constexpr std::uint8_t kAllSoundOff = 120;
constexpr std::uint8_t kAllNotesOff = 123;  ///< 124 to 127 imply it (MIDI 1.0, p. A-6)

constexpr std::uint16_t bit_of(PortIndex port) noexcept {
    return static_cast<std::uint16_t>(1U << port.value);
}

/// Note-on, note-off or poly pressure: the kinds that name a note.
bool names_a_note(const midi::Message& message) noexcept {
    const auto kind = message.kind();
    return kind == midi::Kind::NoteOn || kind == midi::Kind::NoteOff ||
           kind == midi::Kind::PolyPressure;
}

bool releases_all_notes(const midi::Message& message) noexcept {
    return message.kind() == midi::Kind::ControlChange &&
           (message.data1() == kAllSoundOff || message.data1() >= kAllNotesOff);
}

}  // namespace

void Trigger::configure(const TriggerSettings& settings) noexcept {
    settings_ = settings;
    reset();
}

void Trigger::reset() noexcept {
    guard_ports_ = 0;
    press_ = TriggerPress::None;
}

bool Trigger::take(PortIndex port, const midi::Message& message) noexcept {
    press_ = TriggerPress::None;
    if (!MIDINET_VERIFY(port.value < kMaxPorts)) return false;
    if (!settings_.enabled || message.empty()) return false;
    watch_release(port, message);
    if (!message.is_channel_message() || message.channel() + 1 != settings_.channel ||
        !names_a_note(message))
        return false;

    const auto note = message.data1();
    if (note == settings_.note) {
        if (message.is_note_on() && message.data2() > settings_.velocity_threshold)
            press_ = guard_held() ? TriggerPress::Pressed : TriggerPress::PressedWithoutGuard;
        return true;
    }
    if (settings_.guard_note == 0 || note != settings_.guard_note) return false;
    if (message.is_note_on())
        guard_ports_ = static_cast<std::uint16_t>(guard_ports_ | bit_of(port));
    if (message.is_note_off())
        guard_ports_ = static_cast<std::uint16_t>(guard_ports_ & ~bit_of(port));
    return true;
}

/// A guard whose note-off never comes would arm the trigger for the rest of the show.
void Trigger::watch_release(PortIndex port, const midi::Message& message) noexcept {
    const bool released =
        message.kind() == midi::Kind::SystemReset ||
        (message.is_channel_message() && message.channel() + 1 == settings_.channel &&
         releases_all_notes(message));
    if (released) guard_ports_ = static_cast<std::uint16_t>(guard_ports_ & ~bit_of(port));
}

}  // namespace midinet::path
