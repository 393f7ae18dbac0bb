// Who sits at the terminal, and what it can do.
#pragma once

#include <cstddef>
#include <string>

namespace midinet::platform {

/// The user's name, or a number where the system has none. Thread: the only one.
std::string user_name();
/// Whether somebody can be asked. Thread: any.
bool input_is_terminal() noexcept;
/// Whether standard output is a terminal. One that wants to be asked for UTF-8 and escape sequences
/// is; one that knows none counts as none. Thread: any.
bool output_is_terminal() noexcept;
/// That standard output is; 0 where it does not say. Thread: any.
struct ConsoleSize {
    std::size_t columns = 0;
    std::size_t rows = 0;
};
ConsoleSize console_size() noexcept;
/// "14:03:59", where the user is.
std::string local_time_of_day();
/// From now on the process ends when the reader of what it prints leaves, where the system can do
/// that.
void end_with_reader() noexcept;

}  // namespace midinet::platform
