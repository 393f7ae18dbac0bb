#include "platform/posix/atomic_file.hpp"

#include "platform/posix/file_descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace midinet::platform {
namespace {

namespace fs = std::filesystem;

bool write_aside(const fs::path& aside, std::string_view text, unsigned mode) {
    const FileDescriptor file(
        ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    return file.valid() &&
           ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
           ::fsync(file.get()) == 0;
}

}  // namespace

Result<void> replace_file(const fs::path& path, std::string_view text, unsigned mode) {
    const fs::path aside = path.string() + ".new";
    if (errno = 0;
        !write_aside(aside, text, mode) || std::rename(aside.c_str(), path.c_str()) != 0) {
        // Written in part: there was no room for the rest.
        const int why = errno == 0 ? ENOSPC : errno;
        (void)::unlink(aside.c_str());
        errno = why;
        return fail_errno("writing " + path.string());
    }
    // The rename itself lives in the directory.
    const FileDescriptor folder(
        ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.valid() && ::fsync(folder.get()) == 0) return {};
    return fail_errno("writing " + path.string());
}

}  // namespace midinet::platform
