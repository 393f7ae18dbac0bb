#include "platform/posix/new_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace midinet::platform {
namespace {

// A program that another thread starts in between gets the descriptor all the same: macOS has no
// call that does both at once. The client starts none.
// NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): POSIX has no other
bool keep_to_ourselves(int fd) noexcept { return ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0; }
bool make_non_blocking(int fd) noexcept { return ::fcntl(fd, F_SETFL, O_NONBLOCK) == 0; }
// NOLINTEND(cppcoreguidelines-pro-type-vararg)

}  // namespace

FileDescriptor new_socket(int family, int type, int protocol) noexcept {
    FileDescriptor fd(::socket(family, type, protocol));
    if (!fd.valid() || (keep_to_ourselves(fd.get()) && make_non_blocking(fd.get()))) return fd;
    const int error = errno;
    fd.close();
    errno = error;
    return fd;
}

bool take_number(int from, int at) noexcept {
    return ::dup2(from, at) >= 0 && keep_to_ourselves(at);
}

}  // namespace midinet::platform
