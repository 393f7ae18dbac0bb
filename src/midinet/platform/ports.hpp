// From the words of a configuration to the things that open sources and ports on this machine.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "base/types.hpp"
#include "io/midi_source.hpp"
#include "io/virtual_port.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace midinet::platform {

class AlsaBook;

/// A device of a host among those that share a book; none: it is alone.
struct SourcePlace {
    AlsaBook* book = nullptr;
    DeviceSlot slot{1};
};

struct SourceOptions {
    std::uint32_t baud = 31'250;  ///< of serial lines. Units: bit/s
    double rate = 1.0;            ///< of files. Range: above 0
    bool loop = false;
    Duration lead_in = 1s;
    /// Told, on the control thread, what is odd about a file that is played all the same. May be
    /// empty.
    std::function<void(const std::string&)> warn;
    SourcePlace place{};
};

/// Where the system's own numbers of a port are kept from one run to the next; only macOS has such.
struct PortMemory {
    std::optional<std::filesystem::path> directory;  ///< nothing: they are forgotten
    /// Told, on the control thread, what cannot be kept. May be empty.
    std::function<void(const std::string&)> warn;
};

struct PortOptions {
    std::uint32_t baud = 31'250;
    std::string device_name;   ///< of virtual ports; empty: the host's device's name
    std::string gadget_udc{};  ///< of a gadget; empty: the first free one
    PortMemory memory{};       ///< of virtual ports
};

/// "auto", "auto:NAME", "hw:CARD,DEVICE,SUBDEVICE", "stream:PATH" or "file:PATH". Opens nothing
/// yet. Errors (exit code 2): anything else, with the choices.
Result<std::unique_ptr<io::MidiSourceOpener>> make_source_opener(const std::string& device,
                                                                 const SourceOptions& options);
/// Where a host's feedback goes. "device": into the outputs of `device`, an ALSA one; of other
/// kinds they have none, and nothing comes out. "none": nothing. Else as for a port. Errors: the
/// same.
Result<std::unique_ptr<io::VirtualPortOpener>> make_surface_opener(const std::string& feedback,
                                                                   const std::string& device,
                                                                   const SourceOptions& options);

/// Writes into the book what `device` is going to want. Before any device is opened, for each.
void expect_source(const std::string& device, const SourcePlace& place);

/// "auto", "gadget", "jack", "hw:CARD,DEVICE,SUBDEVICE", "stream:PATH" or "file:PATH": what of them
/// the system has. The same.
Result<std::unique_ptr<io::VirtualPortOpener>> make_port_opener(const std::string& port,
                                                                const PortOptions& options);

}  // namespace midinet::platform
