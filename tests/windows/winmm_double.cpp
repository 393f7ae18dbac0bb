// Stands for winmm.dll: as many MIDI devices as the other double has ports.

#include <windows.h>

#include <bit>

namespace {

unsigned shown_ports() {
    using Shown = unsigned(CALLBACK*)();
    const HMODULE driver = ::GetModuleHandleW(L"teVirtualMIDI64.dll");
    if (driver == nullptr) return 0;
    const auto shown = std::bit_cast<Shown>(::GetProcAddress(driver, "doubleShownPorts"));
    return shown != nullptr ? shown() : 0;
}

}  // namespace

extern "C" {
__declspec(dllexport) unsigned WINAPI midiInGetNumDevs() { return shown_ports(); }
__declspec(dllexport) unsigned WINAPI midiOutGetNumDevs() { return shown_ports(); }
}
