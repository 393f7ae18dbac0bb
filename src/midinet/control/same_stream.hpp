// Whether two names of streams mean one FIFO.
#pragma once

#include <string>

namespace midinet::control {

/// Whether both are "stream:PATH" and lead to one FIFO, however the paths are written. False where
/// there is nothing yet. Looks at the file system. Thread: any.
bool same_fifo(const std::string& a, const std::string& b);

/// What to do instead of reading and writing the FIFO that the key `of` names.
std::string not_both_ways(const std::string& of);

}  // namespace midinet::control
