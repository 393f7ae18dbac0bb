// JACK's client library, if this machine has it.
#pragma once

#include <jack/jack.h>
#include <jack/midiport.h>

namespace midinet::platform {

/// Its functions, named as there without "jack_". The library is loaded, not linked, so that a
/// machine without JACK runs everything else, and so that PipeWire's library of the same name and
/// ABI serves as well. What it would print is not printed.
struct JackLibrary {
    bool complete = false;  ///< else it is not installed, and nothing below may be called
    decltype(&jack_client_open) client_open = nullptr;
    decltype(&jack_client_close) client_close = nullptr;
    decltype(&jack_get_client_name) get_client_name = nullptr;
    decltype(&jack_client_name_size) client_name_size = nullptr;
    decltype(&jack_port_name_size) port_name_size = nullptr;
    decltype(&jack_port_register) port_register = nullptr;
    decltype(&jack_port_type_get_buffer_size) port_type_get_buffer_size = nullptr;
    decltype(&jack_set_process_callback) set_process_callback = nullptr;
    decltype(&jack_on_shutdown) on_shutdown = nullptr;
    decltype(&jack_activate) activate = nullptr;
    decltype(&jack_get_sample_rate) get_sample_rate = nullptr;
    decltype(&jack_frame_time) frame_time = nullptr;
    decltype(&jack_last_frame_time) last_frame_time = nullptr;
    decltype(&jack_port_get_buffer) port_get_buffer = nullptr;
    decltype(&jack_midi_clear_buffer) midi_clear_buffer = nullptr;
    decltype(&jack_midi_event_reserve) midi_event_reserve = nullptr;
    decltype(&jack_midi_get_event_count) midi_get_event_count = nullptr;
    decltype(&jack_midi_event_get) midi_event_get = nullptr;
};

/// Loaded at the first call. Thread: control; afterwards any. RT-safe after the first call.
const JackLibrary& jack();

}  // namespace midinet::platform
