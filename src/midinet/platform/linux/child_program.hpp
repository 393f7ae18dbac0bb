// A program of ours, started.
#pragma once

#include "io/child_program.hpp"

namespace midinet::platform {

/// As io::StartProgram. It is looked for beside this program, then in PATH. Its standard output
/// goes nowhere. Precondition: no other thread runs.
Result<std::unique_ptr<io::ChildProgram>> start_program(const std::vector<std::string>& words);

}  // namespace midinet::platform
