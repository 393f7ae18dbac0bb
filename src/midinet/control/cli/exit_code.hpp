// What midinet-cli ends with. docs/man/midinet-cli.1 promises these to scripts.
#pragma once

#include <cstdint>

namespace midinet::control::cli {

enum class ExitCode : std::uint8_t {
    Ok = 0,
    Error = 1,     ///< the world: no interface; it was tried and failed
    Usage = 2,     ///< a wrong flag
    Degraded = 3,  ///< it works, but not as it should: `status` has reasons, clients did not follow
    Unreachable = 4,  ///< nobody was heard, or nobody answered
    Refused = 5,      ///< by the policy in front of every switch
    Confirm = 6,      ///< the policy wants to be asked a second time
};

}  // namespace midinet::control::cli
