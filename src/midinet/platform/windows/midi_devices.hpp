// How many MIDI devices Windows itself has.
#pragma once

#include <cstddef>

namespace midinet::platform {

struct MidiDeviceCount {
    std::size_t inputs = 0;   ///< what applications can listen to
    std::size_t outputs = 0;  ///< what they can play into
};
/// Thread: control. Not RT-safe.
MidiDeviceCount count_midi_devices() noexcept;

}  // namespace midinet::platform
