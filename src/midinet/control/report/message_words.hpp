// MIDI messages as people read them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace midinet::control {

/// "note on  ch 1  C4 (60)  velocity 100". Notes are named with C4 = 60. Total: any bytes. Pure, as
/// all of these.
std::string message_words(std::span<const std::uint8_t> message);
/// "C4". Range: 0..127.
std::string note_name(unsigned note);
/// "90 3C 64"; the first `most` bytes, and how many there are.
std::string hex_words(std::span<const std::uint8_t> message, std::size_t most = 32);

/// All that type_of() gives.
std::vector<std::string> message_types();
/// "note", "cc", "program", "bend", "pressure", "sysex", "clock" (clock and active sensing) or
/// "system" (what else has no channel): which of them a message is.
std::string type_of(std::span<const std::uint8_t> message);

}  // namespace midinet::control
