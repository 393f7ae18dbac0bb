// A file that a person named, whole.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace midinet::control {

inline constexpr std::size_t kMostText = std::size_t{4} * 1024 * 1024;   ///< bytes of a document
inline constexpr std::size_t kMostSong = std::size_t{64} * 1024 * 1024;  ///< bytes of a MIDI file

/// Its bytes. Errors, without the path: it is a directory, a FIFO (which would be waited for),
/// cannot be read, or has more than `most` bytes; no more of it are read, so that /dev/zero ends,
/// too. Thread: control; blocks.
Result<std::string> read_whole(const std::filesystem::path& path, std::size_t most);

}  // namespace midinet::control
