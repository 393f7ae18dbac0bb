// What a device's ports are called among Windows' MIDI devices.
#pragma once

#include "io/midi_source.hpp"

#include <string>
#include <vector>

namespace midinet::platform {

/// What applications are shown of a name. Units: UTF-16 code units. Source: MAXPNAMELEN, less the
/// terminating zero.
inline constexpr std::size_t kLongestMidiName = 31;

/// One for each port of the device, at least one. Windows knows ports alone, no devices: a single
/// port has the device's name, several have their own. What is too long is cut between characters,
/// and where a name is there twice, " 2", " 3"… is added.
std::vector<std::wstring> te_port_names(const io::DeviceInfo& device);

}  // namespace midinet::platform
