#include "platform/ports.hpp"

#include "platform/posix/recorder_port.hpp"
#include "platform/scheme.hpp"
#include "platform/windows/te_port.hpp"

namespace midinet::platform {

/// Feedback that is not the port's own comes from byte streams elsewhere; there are none here.
Result<std::unique_ptr<io::MidiSourceOpener>> make_source_opener(const std::string& device,
                                                                 const SourceOptions& /*options*/) {
    return fail("midi.feedback is \"" + device +
                    "\"; on Windows it can be \"port\" (what applications send to the virtual "
                    "port) or \"none\"",
                2);
}

Result<std::unique_ptr<io::VirtualPortOpener>> make_port_opener(const std::string& port,
                                                                const PortOptions& options) {
    if (port == "auto") return std::make_unique<TePortOpener>(options.device_name);
    if (const auto path = after("file", port)) return std::make_unique<RecorderPortOpener>(*path);
    return fail("midi.port is \"" + port +
                    "\"; on Windows it can be \"auto\" (a virtual port, by the teVirtualMIDI "
                    "driver) or \"file:PATH\" (records a MIDI file)",
                2);
}

}  // namespace midinet::platform
