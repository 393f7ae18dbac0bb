#include "platform/ports.hpp"

#include "platform/macos/coremidi_port.hpp"
#include "platform/posix/byte_stream_port.hpp"
#include "platform/posix/byte_stream_source.hpp"
#include "platform/posix/file_source.hpp"
#include "platform/posix/recorder_port.hpp"
#include "platform/scheme.hpp"

namespace midinet::platform {
namespace {

constexpr const char* kIdsFile = "coremidi-ids";

EndpointIds ids_of(const PortMemory& memory) {
    if (!memory.directory) return EndpointIds(std::nullopt, memory.warn);
    return EndpointIds(*memory.directory / kIdsFile, memory.warn);
}

}  // namespace

/// For feedback that is not the port's own.
Result<std::unique_ptr<io::MidiSourceOpener>> make_source_opener(const std::string& device,
                                                                 const SourceOptions& options) {
    if (const auto path = after("stream", device))
        return std::make_unique<ByteStreamSourceOpener>(*path, options.baud);
    if (const auto path = after("file", device))
        return std::make_unique<FileSourceOpener>(
            *path,
            PlaybackOptions{.rate = options.rate, .loop = options.loop, .lead_in = options.lead_in},
            options.warn);
    return fail("midi.feedback is \"" + device +
                    "\"; on macOS it can be \"port\" (what applications play into the virtual "
                    "port), \"stream:PATH\" (a FIFO or a serial line), \"file:PATH\" (a MIDI "
                    "file) or \"none\"",
                2);
}

Result<std::unique_ptr<io::VirtualPortOpener>> make_port_opener(const std::string& port,
                                                                const PortOptions& options) {
    if (port == "auto")
        return std::make_unique<CoreMidiPortOpener>(options.device_name, ids_of(options.memory));
    if (const auto path = after("stream", port))
        return std::make_unique<ByteStreamPortOpener>(*path, options.baud);
    if (const auto path = after("file", port)) return std::make_unique<RecorderPortOpener>(*path);
    return fail("midi.port is \"" + port +
                    "\"; on macOS it can be \"auto\" (a virtual port), \"stream:PATH\" (a FIFO or "
                    "a serial line) or \"file:PATH\" (records a MIDI file)",
                2);
}

}  // namespace midinet::platform
