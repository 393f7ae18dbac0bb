// The file that a recorder writes into.
#pragma once

#include "base/result.hpp"
#include "midi/smf_writer.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <string>

namespace midinet::platform {

/// Open for reading and writing, and empty. Errors: it cannot be written, or holds something else
/// than a Standard MIDI File.
Result<FileDescriptor> open_recording(const std::string& path);
/// False, with errno, when not all of it could be written.
bool write_patch(const FileDescriptor& file, const midi::SmfPatch& patch) noexcept;

}  // namespace midinet::platform
