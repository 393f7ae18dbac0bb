#include "platform/ports.hpp"

#include "platform/linux/alsa_book.hpp"
#include "platform/linux/alsa_raw_port.hpp"
#include "platform/linux/alsa_raw_source.hpp"
#include "platform/linux/alsa_seq_port.hpp"
#include "platform/linux/gadget_port.hpp"
#include "platform/linux/jack_port.hpp"
#include "platform/posix/byte_stream_port.hpp"
#include "platform/posix/byte_stream_source.hpp"
#include "platform/posix/file_source.hpp"
#include "platform/posix/recorder_port.hpp"
#include "platform/scheme.hpp"

#include <optional>

namespace midinet::platform {
namespace {

AlsaPlace place_of(const SourcePlace& place) { return {place.book, place.slot}; }

Result<AlsaWish> wish_at(const std::string& address, MidiDirection direction) {
    auto parsed = parse_hw_address(address);
    if (!parsed) return tl::unexpected(parsed.error());
    return AlsaWish{.address = std::move(*parsed), .name_part = {}, .direction = direction};
}

/// What an ALSA device is found by; nothing for one of another kind. Errors: a bad address.
Result<std::optional<AlsaWish>> wish_of(const std::string& device, MidiDirection direction) {
    if (device.starts_with("hw:"))
        return wish_at(device, direction).map([](AlsaWish w) {
            return std::optional(std::move(w));
        });
    const auto name = after("auto", device);
    if (!name && device != "auto") return std::nullopt;
    return AlsaWish{
        .address = std::nullopt, .name_part = name.value_or(""), .direction = direction};
}

}  // namespace

void expect_source(const std::string& device, const SourcePlace& place) {
    const auto wish = wish_of(device, MidiDirection::Input);
    if (place.book != nullptr && wish && *wish) place.book->expect(place.slot, **wish);
}

Result<std::unique_ptr<io::MidiSourceOpener>> make_source_opener(const std::string& device,
                                                                 const SourceOptions& options) {
    auto wish = wish_of(device, MidiDirection::Input);
    if (!wish) return tl::unexpected(wish.error());
    if (*wish)
        return std::make_unique<AlsaRawSourceOpener>(std::move(**wish), place_of(options.place));
    if (const auto path = after("stream", device))
        return std::make_unique<ByteStreamSourceOpener>(*path, options.baud);
    if (const auto path = after("file", device))
        return std::make_unique<FileSourceOpener>(
            *path,
            PlaybackOptions{.rate = options.rate, .loop = options.loop, .lead_in = options.lead_in},
            options.warn);
    return fail("midi.device is \"" + device +
                    "\"; expected \"auto\", \"auto:NAME\", \"hw:CARD,DEVICE,SUBDEVICE\", "
                    "\"stream:PATH\" (a FIFO or a serial line) or \"file:PATH\" (a MIDI file)",
                2);
}

Result<std::unique_ptr<io::VirtualPortOpener>> make_surface_opener(const std::string& feedback,
                                                                   const std::string& device,
                                                                   const SourceOptions& options) {
    if (feedback == "none") return nullptr;
    if (feedback != "device")
        return make_port_opener(feedback, {.baud = options.baud, .device_name = {}});
    auto wish = wish_of(device, MidiDirection::Output);
    if (!wish) return tl::unexpected(wish.error());
    if (!*wish) return nullptr;
    return std::make_unique<AlsaRawPortOpener>(std::move(**wish), place_of(options.place));
}

Result<std::unique_ptr<io::VirtualPortOpener>> make_port_opener(const std::string& port,
                                                                const PortOptions& options) {
    if (port == "auto") return std::make_unique<AlsaSeqPortOpener>(options.device_name);
    if (port == "gadget")
        return std::make_unique<GadgetPortOpener>(options.device_name, options.gadget_udc);
    if (port == "jack") return std::make_unique<JackPortOpener>(options.device_name);
    if (port.starts_with("hw:")) {
        auto wish = wish_at(port, MidiDirection::Output);
        if (!wish) return tl::unexpected(wish.error());
        return std::make_unique<AlsaRawPortOpener>(std::move(*wish));
    }
    if (const auto path = after("stream", port))
        return std::make_unique<ByteStreamPortOpener>(*path, options.baud);
    if (const auto path = after("file", port)) return std::make_unique<RecorderPortOpener>(*path);
    return fail("midi.port is \"" + port +
                    "\"; expected \"auto\" (a virtual port), \"gadget\" (a USB device), "
                    "\"jack\" (JACK or PipeWire), \"hw:CARD,DEVICE,SUBDEVICE\", "
                    "\"stream:PATH\" (a FIFO or a serial line) or \"file:PATH\" (records a MIDI "
                    "file)",
                2);
}

}  // namespace midinet::platform
