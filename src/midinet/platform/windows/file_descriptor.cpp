#include "platform/posix/file_descriptor.hpp"

#include <io.h>

#include <cerrno>
#include <system_error>

namespace midinet::platform {

// The C library has descriptors here too: for files, not for sockets.

void FileDescriptor::close() noexcept {
    if (fd_ >= 0) ::_close(fd_);
    fd_ = -1;
}

std::string os_error(int number) { return std::generic_category().message(number); }

tl::unexpected<Error> fail_errno(const std::string& doing) {
    const int number = errno;
    return fail(doing + ": " + os_error(number));
}

}  // namespace midinet::platform
