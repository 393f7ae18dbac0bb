// Running another program to its end.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <vector>

namespace midinet::platform {

struct ProgramOutput {
    int exit_code = 0;  ///< 128 + the signal that ended it
    std::string out;
    std::string complaint;  ///< what it wrote to standard error, its first line
};

/// Runs `words[0]`, a path, and waits; it gets nothing to read. It is killed when it takes longer
/// than `patience` or writes more than 16 MiB. Thread: any.
/// Errors: it cannot be started, or had to be killed.
Result<ProgramOutput> run_program(const std::vector<std::string>& words, Duration patience);

}  // namespace midinet::platform
