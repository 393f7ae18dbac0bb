// Small files, read and replaced as a whole.
#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace midinet::platform {

/// Errors: "cannot read PATH (why)"; also of what is no regular file, or larger than 4 MiB.
Result<std::string> read_whole_file(const std::filesystem::path& path);

/// For people's files. The old text or the new one is there, also after a power cut: it is written
/// aside, synced, and renamed. Owner, group and mode stay; a link goes on pointing to the file. A
/// file that is not there is made, with mode 0644. Thread: any; it waits for the disk. Errors:
/// "cannot write PATH (why)"; then nothing has changed.
Result<void> replace_whole_file(const std::filesystem::path& path, const std::string& text);

/// The same for a program's own files: what is there is replaced by a file of the writer's own, a
/// link too, with this mode as chmod has it.
Result<void> replace_own_file(const std::filesystem::path& path, std::string_view text,
                              unsigned mode);

}  // namespace midinet::platform
