// One raw MIDI stream of ALSA.
#pragma once

#include "base/result.hpp"
#include "platform/linux/alsa_devices.hpp"

#include <alsa/asoundlib.h>

#include <memory>

namespace midinet::platform {

struct CloseRawMidi {
    void operator()(snd_rawmidi_t* stream) const noexcept { snd_rawmidi_close(stream); }
};
using RawMidi = std::unique_ptr<snd_rawmidi_t, CloseRawMidi>;

/// Opens without blocking, with 64 KiB of kernel buffer. Errors: busy (with who may hold it), no
/// permission, gone.
Result<RawMidi> open_raw(const AlsaCard& card, const AlsaPort& port, MidiDirection direction);

/// The device node behind it, which goes when the device does.
std::string node_of(const AlsaCard& card, const AlsaPort& port);

/// How much the kernel keeps of what the device has not taken, or the reader not read. 0: unknown.
std::size_t buffer_size(snd_rawmidi_t* stream) noexcept;
/// How much of that is free now, of an output. RT-safe: a system call that does not wait.
std::size_t free_bytes(snd_rawmidi_t* output) noexcept;

/// The descriptor to wait on.
int descriptor_of(snd_rawmidi_t* stream) noexcept;

}  // namespace midinet::platform
