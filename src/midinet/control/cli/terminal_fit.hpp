// What of a text a terminal has room for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace midinet::control::cli {

struct TerminalSize {
    std::size_t columns = 0;  ///< 0: not known
    std::size_t rows = 0;     ///< 0: not known
};

/// `text` from its first line on, as many whole lines as stay in sight, with the cursor below; when
/// some do not, the last line says how many. A line is folded at `columns`, a character of UTF-8 is
/// taken for one column. Where the size is not known, or below 4 rows, it is `text`.
std::string fit_terminal(std::string_view text, TerminalSize size);

}  // namespace midinet::control::cli
