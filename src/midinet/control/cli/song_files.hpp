// Standard MIDI Files, as the commands read them.
#pragma once

#include "base/result.hpp"
#include "midi/smf_reader.hpp"

#include <string>

namespace midinet::control::cli {

/// Errors (exit code 2): it cannot be read, or is no such file.
Result<midi::SmfSong> song_of(const std::string& path);
/// The message, for a person: "note on … [90 3C 64] at 0.500 s", or "nothing more".
std::string event_text(const midi::SmfSong& song, std::size_t at);
/// The same of bytes.
std::string event_text(std::span<const std::uint8_t> bytes, Duration at);

}  // namespace midinet::control::cli
