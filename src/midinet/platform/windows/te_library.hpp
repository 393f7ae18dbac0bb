// The virtual MIDI driver by Tobias Erichsen, if this machine has it.
#pragma once

#include "base/result.hpp"

#include <windows.h>

#include <string>

namespace midinet::platform {

/// A port of the driver's.
struct TePort;

/// Called on a thread of the driver's, with one whole message that an application sent; with none
/// when the driver is being taken away.
using TeHeard = void(CALLBACK*)(TePort* port, BYTE* bytes, DWORD size, DWORD_PTR about);

/// Its functions, named as there without "virtualMIDI". The library comes with the user's own
/// installation of the driver (alone, or with loopMIDI or rtpMIDI) and is loaded from the system's
/// folder, so that a machine without it runs everything else; nothing of it is shipped with this
/// program. Declared by hand. Source: the interface that the driver's author documents
/// (teVirtualMIDI 1.3).
struct TeLibrary {
    bool complete = false;  ///< else it is not installed, and nothing below may be called
    TePort*(CALLBACK* create_port)(const wchar_t* name, TeHeard heard, DWORD_PTR about,
                                   DWORD longest_sysex, DWORD flags) = nullptr;
    void(CALLBACK* close_port)(TePort* port) = nullptr;
    BOOL(CALLBACK* send_data)(TePort* port, const BYTE* bytes, DWORD size) = nullptr;
    const wchar_t*(CALLBACK* driver_version)(WORD*, WORD*, WORD*, WORD*) = nullptr;
};

/// The flags of create_port.
enum TeFlag : DWORD {
    kTeParseHeard = 1,  ///< what applications send comes as whole messages
    kTeParseSent = 2,   ///< what is sent is checked by the driver
    kTeBothWays = 12,   ///< applications see an input and an output
};

/// Loaded at the first call that finds it, so that a driver can be installed while this runs.
/// Thread: any. Not RT-safe.
const TeLibrary& te_library();

/// Where people get it.
inline constexpr const char* kTeHomePage =
    "https://www.tobias-erichsen.de/software/virtualmidi.html";

/// Why create_port refused, in words, with what to do.
std::string te_refusal(DWORD number);

}  // namespace midinet::platform
