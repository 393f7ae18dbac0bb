#include "platform/posix/whole_file.hpp"

#include "platform/posix/file_descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace midinet::platform {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{4} * 1024 * 1024;
constexpr mode_t kUsualMode = 0644;
constexpr mode_t kModeBits = 07777;

auto cannot(const char* what, const fs::path& path, const std::string& why) {
    return fail(std::string("cannot ") + what + " " + path.string() + " (" + why + ")");
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// False, with errno, when anything of it failed.
bool write_aside(const fs::path& aside, const struct stat* old, const std::string& text) {
    const FileDescriptor file(
        ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.valid()) return false;
    if (old != nullptr && ::fchown(file.get(), old->st_uid, old->st_gid) != 0) return false;
    const mode_t mode = old != nullptr ? old->st_mode & kModeBits : kUsualMode;
    return ::fchmod(file.get(), mode) == 0 && write_all(file.get(), text) &&
           ::fsync(file.get()) == 0;
}

/// The rename itself lives in the directory.
bool sync_directory(const fs::path& directory) {
    const FileDescriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return folder.valid() && ::fsync(folder.get()) == 0;
}

}  // namespace

Result<std::string> read_whole_file(const fs::path& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid()) return cannot("read", path, os_error(errno));
    struct stat about {};
    if (::fstat(file.get(), &about) != 0) return cannot("read", path, os_error(errno));
    if (!S_ISREG(about.st_mode)) return cannot("read", path, "it is no regular file");
    std::string text;
    std::array<char, 4096> piece{};
    while (text.size() <= kMostBytes) {
        const auto size = ::read(file.get(), piece.data(), piece.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return cannot("read", path, os_error(errno));
        if (size == 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(size));
    }
    return cannot("read", path, "it is larger than 4 MiB");
}

Result<void> replace_whole_file(const fs::path& path, const std::string& text) {
    std::error_code error;
    const fs::path target = fs::weakly_canonical(path, error);
    if (error) return cannot("write", path, error.message());
    struct stat old {};
    const bool exists = ::stat(target.c_str(), &old) == 0;
    if (!exists && errno != ENOENT) return cannot("write", path, os_error(errno));
    if (exists && !S_ISREG(old.st_mode)) return cannot("write", path, "it is no regular file");
    if (exists && ::access(target.c_str(), W_OK) != 0)
        return cannot("write", path, os_error(errno));
    const fs::path aside = target.string() + ".new";
    if (!write_aside(aside, exists ? &old : nullptr, text) ||
        std::rename(aside.c_str(), target.c_str()) != 0) {
        const auto why = os_error(errno);
        (void)::unlink(aside.c_str());
        return cannot("write", path, why);
    }
    if (!sync_directory(target.parent_path())) return cannot("sync", path, os_error(errno));
    return {};
}

}  // namespace midinet::platform
