// What a device's ports are called among CoreMIDI's endpoints.
#pragma once

#include "io/midi_source.hpp"

#include <string>
#include <vector>

namespace midinet::platform {

/// One for each port of the device, at least one. A virtual endpoint belongs to no device, so its
/// name alone is what applications show: a single port has the device's name, letter for letter;
/// several have their own, with the device's in front where it is not there yet, as macOS shows
/// ports of hardware. Where a name is there twice, " 2", " 3"… is added.
std::vector<std::string> endpoint_names(const io::DeviceInfo& device);

}  // namespace midinet::platform
