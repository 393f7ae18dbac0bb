#include "platform/posix/recording_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace midinet::platform {
namespace {

/// Why the open file may not be replaced; empty when it may.
std::string reason_to_keep(int fd, const std::string& path) {
    struct stat about {};
    if (::fstat(fd, &about) != 0) return path + ": " + os_error(errno);
    if (!S_ISREG(about.st_mode))
        return path + " is not a regular file: write stream:" + path + " for a FIFO or a line";
    std::array<char, 4> head{};
    const ssize_t n = ::pread(fd, head.data(), head.size(), 0);
    if (n == 0 || std::memcmp(head.data(), "MThd", head.size()) == 0) return {};
    return path + " exists and is not a Standard MIDI File: name another path, or remove it";
}

}  // namespace

Result<FileDescriptor> open_recording(const std::string& path) {
    FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0644));
    if (!file.valid()) return fail_errno("recording to " + path);
    if (std::string why = reason_to_keep(file.get(), path); !why.empty()) return fail(why);
    if (::ftruncate(file.get(), 0) != 0) return fail_errno("recording to " + path);
    return file;
}

bool write_patch(const FileDescriptor& file, const midi::SmfPatch& patch) noexcept {
    std::size_t done = 0;
    while (done < patch.bytes.size()) {
        const ssize_t n = ::pwrite(file.get(), patch.bytes.data() + done, patch.bytes.size() - done,
                                   static_cast<off_t>(patch.offset + done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += static_cast<std::size_t>(n);
    }
    return true;
}

}  // namespace midinet::platform
