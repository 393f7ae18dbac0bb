#include "platform/windows/midi_devices.hpp"

#include "platform/windows/library.hpp"

namespace midinet::platform {

MidiDeviceCount count_midi_devices() noexcept {
    using Count = UINT(WINAPI*)();
    static const auto winmm = Library::of_system(L"winmm.dll");
    const auto inputs = winmm.find<Count>("midiInGetNumDevs");
    const auto outputs = winmm.find<Count>("midiOutGetNumDevs");
    return {.inputs = inputs != nullptr ? inputs() : 0,
            .outputs = outputs != nullptr ? outputs() : 0};
}

}  // namespace midinet::platform
