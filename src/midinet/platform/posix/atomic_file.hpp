// Files that are replaced as wholes.
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string_view>

namespace midinet::platform {

/// Written aside, synced, renamed, and the rename synced: a power cut leaves the old text or the
/// new one. `mode`: of a new file, as chmod has it. Errors: what the system says; the old file is
/// as it was. Not RT-safe.
Result<void> replace_file(const std::filesystem::path& path, std::string_view text, unsigned mode);

}  // namespace midinet::platform
