// Socket activation: who starts this program may have opened its socket already.
#pragma once

#include "base/result.hpp"

#include <optional>

namespace midinet::platform {

/// The listening TCP socket that systemd, or who does as it does, hands over as descriptor 3
/// (sd_listen_fds(3): LISTEN_PID, LISTEN_FDS). Nothing: there is none, or it is for another
/// process. The descriptor is the caller's, and is not passed on to programs that it starts. Errors
/// (exit code 2): several, or it is something else. Thread: before there are others; it reads the
/// environment.
Result<std::optional<int>> passed_listener();

}  // namespace midinet::platform
