#include "platform/linux/alsa_raw.hpp"

#include <poll.h>
#include <sys/types.h>

#include <cerrno>

namespace midinet::platform {
namespace {

/// A long SysEx must fit while the engine is stalled for a moment.
constexpr std::size_t kKernelBytes = std::size_t{64} * 1024;

void enlarge_buffer(snd_rawmidi_t* stream) noexcept {
    snd_rawmidi_params_t* parameters = nullptr;
    if (snd_rawmidi_params_malloc(&parameters) < 0) return;
    snd_rawmidi_params_current(stream, parameters);
    snd_rawmidi_params_set_buffer_size(stream, parameters, kKernelBytes);
    snd_rawmidi_params(stream, parameters);
    snd_rawmidi_params_free(parameters);
}

std::string advice(int error, int card) {
    if (error == EBUSY)
        return ": another program uses it; `fuser -v /dev/snd/midiC" + std::to_string(card) +
               "D*` says which";
    if (error == EACCES || error == EPERM)
        return ": add the user to the group audio (`sudo usermod -aG audio USER`)";
    return {};
}

}  // namespace

Result<RawMidi> open_raw(const AlsaCard& card, const AlsaPort& port, MidiDirection direction) {
    const std::string name = "hw:" + std::to_string(card.number) + "," +
                             std::to_string(port.device) + "," + std::to_string(port.subdevice);
    snd_rawmidi_t* stream = nullptr;
    const bool input = direction == MidiDirection::Input;
    const int error = snd_rawmidi_open(input ? &stream : nullptr, input ? nullptr : &stream,
                                       name.c_str(), SND_RAWMIDI_NONBLOCK);
    if (error < 0)
        return fail("opening " + name + " (\"" + card.name + "\"): " + snd_strerror(error) +
                    advice(-error, card.number));
    RawMidi owned(stream);
    enlarge_buffer(stream);
    if (input) {
        // An input starts with its first poll; what the device sent before would be dropped.
        pollfd start{.fd = descriptor_of(stream), .events = POLLIN, .revents = 0};
        ::poll(&start, 1, 0);
    }
    return owned;
}

std::size_t buffer_size(snd_rawmidi_t* stream) noexcept {
    snd_rawmidi_params_t* parameters = nullptr;
    if (snd_rawmidi_params_malloc(&parameters) < 0) return 0;
    const bool known = snd_rawmidi_params_current(stream, parameters) == 0;
    const std::size_t size = known ? snd_rawmidi_params_get_buffer_size(parameters) : 0;
    snd_rawmidi_params_free(parameters);
    return size;
}

std::size_t free_bytes(snd_rawmidi_t* output) noexcept {
    snd_rawmidi_status_t* status = nullptr;
    snd_rawmidi_status_alloca(&status);
    return snd_rawmidi_status(output, status) == 0 ? snd_rawmidi_status_get_avail(status) : 0;
}

std::string node_of(const AlsaCard& card, const AlsaPort& port) {
    return "/dev/snd/midiC" + std::to_string(card.number) + "D" + std::to_string(port.device);
}

int descriptor_of(snd_rawmidi_t* stream) noexcept {
    pollfd descriptor{.fd = -1, .events = 0, .revents = 0};
    return snd_rawmidi_poll_descriptors(stream, &descriptor, 1) == 1 ? descriptor.fd : -1;
}

}  // namespace midinet::platform
