#include "control/whole_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace midinet::control {
namespace {

constexpr std::size_t kChunk = std::size_t{64} * 1024;

}  // namespace

Result<std::string> read_whole(const std::filesystem::path& path, std::size_t most) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) return fail("it is a directory");
    if (std::filesystem::is_fifo(path, ignored))
        return fail("it is a FIFO, which would be waited for");
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(std::generic_category().message(errno));
    std::string text;
    while (file && text.size() <= most) {
        const auto have = text.size();
        const auto want = std::min(kChunk, most + 1 - have);
        text.resize(have + want);
        file.read(text.data() + have, static_cast<std::streamsize>(want));
        text.resize(have + static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) return fail(std::generic_category().message(errno));
    if (text.size() > most) return fail(fmt::format("it is larger than {} MiB", most >> 20U));
    return text;
}

}  // namespace midinet::control
