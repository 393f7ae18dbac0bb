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

/// A signal that comes in between is no failure.
template <typename Call>
auto undisturbed(Call&& call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = undisturbed([&] { return ::write(fd, text.data(), text.size()); });
        if (written < 0) return false;
        if (written == 0) {  // no system says so of a file; it would be full
            errno = ENOSPC;
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool sync(int fd) {
    return undisturbed([fd] { return ::fsync(fd); }) == 0;
}

/// `old`: whose owner, group and mode it takes; null: the writer's, and `mode`. False, with errno,
/// when anything of it failed.
bool write_aside(const fs::path& aside, const struct stat* old, unsigned mode,
                 std::string_view text) {
    // What somebody else left at that name, be it a FIFO or a link, is not written into.
    (void)::unlink(aside.c_str());
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    const FileDescriptor file(undisturbed([&] { return ::open(aside.c_str(), kFlags, 0600); }));
    if (!file.valid()) return false;
    if (old != nullptr && ::fchown(file.get(), old->st_uid, old->st_gid) != 0) return false;
    return ::fchmod(file.get(), old != nullptr ? old->st_mode & kModeBits : mode) == 0 &&
           write_all(file.get(), text) && sync(file.get());
}

/// The rename itself lives in the directory.
bool sync_directory(const fs::path& directory) {
    const FileDescriptor folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return folder.valid() && sync(folder.get());
}

/// Messages name `path`, which may be a link to `target`.
Result<void> put_in_place(const fs::path& path, const fs::path& target, const struct stat* old,
                          unsigned mode, std::string_view text) {
    const fs::path aside = target.string() + ".new";
    if (!write_aside(aside, old, mode, text) || std::rename(aside.c_str(), target.c_str()) != 0) {
        const auto why = os_error(errno);
        (void)::unlink(aside.c_str());
        return cannot("write", path, why);
    }
    if (!sync_directory(target.parent_path())) return cannot("sync", path, os_error(errno));
    return {};
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
        const auto size =
            undisturbed([&] { return ::read(file.get(), piece.data(), piece.size()); });
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
    return put_in_place(path, target, exists ? &old : nullptr, kUsualMode, text);
}

Result<void> replace_own_file(const fs::path& path, std::string_view text, unsigned mode) {
    return put_in_place(path, path, nullptr, mode, text);
}

}  // namespace midinet::platform
