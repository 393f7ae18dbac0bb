#include "platform/posix/new_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace midinet::platform {

FileDescriptor new_socket(int family, int type, int protocol) noexcept {
    return FileDescriptor(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
}

bool take_number(int from, int at) noexcept { return ::dup3(from, at, O_CLOEXEC) >= 0; }

}  // namespace midinet::platform
