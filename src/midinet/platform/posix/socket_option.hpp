// One option of a socket.
#pragma once

#include <sys/socket.h>

namespace midinet::platform {

/// False with errno where the system refuses it. Never blocks.
template <typename T>
bool set_option(int fd, int level, int name, const T& value) noexcept {
    return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

}  // namespace midinet::platform
