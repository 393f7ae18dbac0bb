#include "control/cli/terminal_fit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace midinet::control::cli {
namespace {

constexpr std::size_t kLeastRows = 4;

bool begins_character(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

/// That a line needs.
std::size_t rows_of(std::string_view line, std::size_t columns) {
    const auto characters =
        static_cast<std::size_t>(std::count_if(line.begin(), line.end(), begins_character));
    return std::max<std::size_t>(1, (characters + columns - 1) / columns);
}

/// Without its end.
std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

/// The end of the last line that still has room in `rows`.
std::size_t end_within(std::string_view text, TerminalSize size, std::size_t rows) {
    std::size_t end = 0;
    for (std::size_t used = 0; end < text.size();) {
        const auto line = first_line(text.substr(end));
        used += rows_of(line, size.columns);
        if (used > rows) break;
        end = std::min(end + line.size() + 1, text.size());
    }
    return end;
}

}  // namespace

std::string fit_terminal(std::string_view text, TerminalSize size) {
    if (size.columns == 0 || size.rows < kLeastRows) return std::string(text);
    const auto room = size.rows - 1;
    if (end_within(text, size, room) == text.size()) return std::string(text);
    const auto end = end_within(text, size, room - 1);
    const auto hidden = text.substr(end);
    const auto lines =
        std::count(hidden.begin(), hidden.end(), '\n') + (hidden.ends_with('\n') ? 0 : 1);
    return fmt::format("{}... {} more line{}: make the window larger\n", text.substr(0, end), lines,
                       lines == 1 ? "" : "s");
}

}  // namespace midinet::control::cli
