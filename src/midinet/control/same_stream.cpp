#include "control/same_stream.hpp"

#include <filesystem>
#include <string_view>
#include <system_error>

namespace midinet::control {

/// By path: std::filesystem::equivalent() leaves FIFOs out.
bool same_fifo(const std::string& a, const std::string& b) {
    constexpr std::string_view kStream = "stream:";
    if (!a.starts_with(kStream) || !b.starts_with(kStream)) return false;
    const std::filesystem::path first = a.substr(kStream.size());
    const std::filesystem::path second = b.substr(kStream.size());
    std::error_code none_there;
    return std::filesystem::is_fifo(first, none_there) &&
           std::filesystem::canonical(first, none_there) ==
               std::filesystem::canonical(second, none_there);
}

/// A terminal, too, is a stream, and carries both.
std::string not_both_ways(const std::string& of) {
    return "another FIFO than " + of +
           ": one FIFO carries bytes one way, and what is written to it would be read back";
}

}  // namespace midinet::control
