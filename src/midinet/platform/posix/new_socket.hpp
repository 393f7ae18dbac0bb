// Descriptors that programs which this one starts do not get: each system has its own way.
#pragma once

#include "platform/posix/file_descriptor.hpp"

namespace midinet::platform {

/// Non-blocking. Invalid, with errno, when refused. Thread: any.
FileDescriptor new_socket(int family, int type, int protocol = 0) noexcept;

/// From now on the number `at` means what `from` means; whatever it meant before is closed. False,
/// with errno, when refused. Thread: any.
bool take_number(int from, int at) noexcept;

}  // namespace midinet::platform
