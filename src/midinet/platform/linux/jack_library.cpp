#include "platform/linux/jack_library.hpp"

#include <dlfcn.h>

#include <bit>
#include <initializer_list>

namespace midinet::platform {
namespace {

void say_nothing(const char* /*text*/) {}

template <typename Function>
bool find(void* handle, const char* name, Function& function) {
    function = std::bit_cast<Function>(::dlsym(handle, name));
    return function != nullptr;
}

bool find_all(void* handle, JackLibrary& it) {
    return find(handle, "jack_client_open", it.client_open) &&
           find(handle, "jack_client_close", it.client_close) &&
           find(handle, "jack_get_client_name", it.get_client_name) &&
           find(handle, "jack_client_name_size", it.client_name_size) &&
           find(handle, "jack_port_name_size", it.port_name_size) &&
           find(handle, "jack_port_register", it.port_register) &&
           find(handle, "jack_port_type_get_buffer_size", it.port_type_get_buffer_size) &&
           find(handle, "jack_set_process_callback", it.set_process_callback) &&
           find(handle, "jack_on_shutdown", it.on_shutdown) &&
           find(handle, "jack_activate", it.activate) &&
           find(handle, "jack_get_sample_rate", it.get_sample_rate) &&
           find(handle, "jack_frame_time", it.frame_time) &&
           find(handle, "jack_last_frame_time", it.last_frame_time) &&
           find(handle, "jack_port_get_buffer", it.port_get_buffer) &&
           find(handle, "jack_midi_clear_buffer", it.midi_clear_buffer) &&
           find(handle, "jack_midi_event_reserve", it.midi_event_reserve) &&
           find(handle, "jack_midi_get_event_count", it.midi_get_event_count) &&
           find(handle, "jack_midi_event_get", it.midi_event_get);
}

/// A server that is absent is asked for again and again, and the library tells of each time.
void silence(void* handle) {
    for (const auto* name : {"jack_set_error_function", "jack_set_info_function"}) {
        decltype(&jack_set_error_function) set = nullptr;
        if (find(handle, name, set)) set(say_nothing);
    }
}

JackLibrary load() {
    JackLibrary library;
    // Never closed: its threads may still be ending.
    void* handle = ::dlopen("libjack.so.0", RTLD_NOW | RTLD_LOCAL);
    library.complete = handle != nullptr && find_all(handle, library);
    if (library.complete) silence(handle);
    return library;
}

}  // namespace

const JackLibrary& jack() {
    static const JackLibrary library = load();
    return library;
}

}  // namespace midinet::platform
