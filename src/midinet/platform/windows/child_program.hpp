// Programs of ours to start: what midinet-cli starts is a host, and hosts run on Linux.
#pragma once

#include "io/child_program.hpp"

namespace midinet::platform {

/// As io::StartProgram. Errors: always.
inline Result<std::unique_ptr<io::ChildProgram>> start_program(
    const std::vector<std::string>& words) {
    return fail((words.empty() ? std::string("the program") : words.front()) +
                " does not run on Windows: give this order on a Linux machine of the show");
}

}  // namespace midinet::platform
