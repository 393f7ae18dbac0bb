// Where a program finds its things on this machine, and what the machine is called.
#pragma once

#include "platform/posix/file_descriptor.hpp"

#include <filesystem>
#include <string>

namespace midinet::platform {

/// Of the user's client, where no other one is named.
std::filesystem::path client_config_place();
/// What this machine calls itself; "unnamed" when it does not say.
std::string machine_name();
bool can_read(const std::string& path) noexcept;
/// Whether files can be made in a directory that is there; else errno tells why not.
bool can_make_files(const std::filesystem::path& directory) noexcept;
/// Makes the file when it is absent, and holds it locked against other processes for as long as the
/// descriptor is open. Invalid: somebody else holds it and `wait` is false, or the system refuses.
FileDescriptor lock_file(const std::filesystem::path& path, bool wait);

}  // namespace midinet::platform
