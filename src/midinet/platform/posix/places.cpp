#include "platform/posix/places.hpp"

#include "platform/posix/state_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace midinet::platform {

namespace fs = std::filesystem;

// NOLINTBEGIN(concurrency-mt-unsafe): nobody changes the environment

fs::path client_config_place() {
    const char* home = std::getenv("HOME");
    return fs::path(home != nullptr ? home : "/") / ".midinet/config/client.toml";
}

std::vector<fs::path> state_directories(const std::optional<fs::path>& configured) {
    if (configured) return {*configured};
    std::vector<fs::path> directories{"/var/lib/midinet"};
    if (const char* xdg = std::getenv("XDG_STATE_HOME"); xdg != nullptr && *xdg == '/')
        directories.push_back(fs::path(xdg) / "midinet");
    else if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
        directories.push_back(fs::path(home) / ".midinet" / "state");
    return directories;
}

// NOLINTEND(concurrency-mt-unsafe)

std::string machine_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unnamed";
}

bool can_read(const std::string& path) noexcept { return ::access(path.c_str(), R_OK) == 0; }

bool can_make_files(const fs::path& directory) noexcept {
    return ::access(directory.c_str(), W_OK | X_OK) == 0;
}

FileDescriptor lock_file(const fs::path& path, bool wait) {
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (file.valid() && ::flock(file.get(), wait ? LOCK_EX : LOCK_EX | LOCK_NB) == 0) return file;
    return {};
}

}  // namespace midinet::platform
