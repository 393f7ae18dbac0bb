#include "platform/windows/te_library.hpp"

#include "platform/windows/handle.hpp"
#include "platform/windows/library.hpp"

#include <mutex>

namespace midinet::platform {
namespace {

TeLibrary load() {
    const auto dll = Library::of_system(L"teVirtualMIDI64.dll");
    TeLibrary it;
    it.create_port = dll.find<decltype(it.create_port)>("virtualMIDICreatePortEx2");
    it.close_port = dll.find<decltype(it.close_port)>("virtualMIDIClosePort");
    it.send_data = dll.find<decltype(it.send_data)>("virtualMIDISendData");
    it.driver_version = dll.find<decltype(it.driver_version)>("virtualMIDIGetDriverVersion");
    it.complete = it.create_port != nullptr && it.close_port != nullptr && it.send_data != nullptr;
    return it;
}

}  // namespace

const TeLibrary& te_library() {
    static std::mutex mutex;
    static TeLibrary library;  // once it is complete nobody changes it
    const std::lock_guard lock(mutex);
    if (!library.complete) library = load();
    return library;
}

std::string te_refusal(DWORD number) {
    const auto update = std::string("install its current version from ") + kTeHomePage;
    switch (number) {
        case ERROR_ALIAS_EXISTS:
        case ERROR_ALREADY_EXISTS:
            return "another MIDI device has this name: close the program that made it, or set "
                   "midi.device_name";
        case ERROR_INVALID_NAME:
            return "the driver does not take the name: set midi.device_name";
        case ERROR_PATH_NOT_FOUND:
            return "the teVirtualMIDI driver does not run, though its DLL is here: " + update;
        case ERROR_REVISION_MISMATCH:
        case ERROR_INVALID_FUNCTION:
            return "the teVirtualMIDI driver and its DLL do not belong together: " + update;
        case ERROR_TOO_MANY_SESS:
            return "the teVirtualMIDI driver has no more ports: close some in loopMIDI or rtpMIDI";
        case ERROR_OLD_WIN_VERSION:
            return "this Windows is too old for virtual MIDI ports";
        default:
            return windows_error(number);
    }
}

}  // namespace midinet::platform
