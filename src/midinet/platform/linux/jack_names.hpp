// What a device is called among JACK's ports.
#pragma once

#include "io/midi_source.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace midinet::platform {

/// Units: bytes, without the terminating zero. Range: at least 16.
struct JackNameLimits {
    std::size_t client = 60;  ///< of "client"; what a server adds to make it unique is on top
    std::size_t port = 250;   ///< of "port" in "client:port"
};

/// Both directions of one port of the device. JACK wants them to have two names.
struct JackPortNames {
    std::string out;  ///< what the controller plays
    std::string in;   ///< what applications send back
    friend bool operator==(const JackPortNames&, const JackPortNames&) = default;
};

/// The device's name as a client's. JACK divides names at the colon, so ':' becomes '_'; what is
/// too long is cut between characters (UTF-8).
std::string jack_client_name(const io::DeviceInfo& device, const JackNameLimits& limits);

/// One for each port of the device, at least one. `out` is the port's own name, `in` the same with
/// " (playback)"; where the device has a name twice, " 2", " 3"... is added. Colons and length as
/// above.
std::vector<JackPortNames> jack_port_names(const io::DeviceInfo& device,
                                           const JackNameLimits& limits);

}  // namespace midinet::platform
