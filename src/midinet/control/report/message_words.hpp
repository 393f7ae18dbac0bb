// MIDI messages as people read them.
#pragma once

#include "control/report/kind_words.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace midinet::control {

/// "note on  ch 1  C4 (60)  velocity 100". Notes are named with C4 = 60. `whole`: bytes of the
/// message, of which a long SysEx may be told the beginning alone; 0: these are all. Total: any
/// bytes. Pure, as all of these.
std::string message_words(std::span<const std::uint8_t> message, std::size_t whole = 0);
/// "C4". Range: 0..127.
std::string note_name(unsigned note);
/// "90 3C 64"; the first `most` bytes, and how many there are. `whole`: as above.
std::string hex_words(std::span<const std::uint8_t> message, std::size_t most = 32,
                      std::size_t whole = 0);

/// What a message is. A note-on without velocity is a note-off. Bytes that are no message:
/// undefined.
const KindWords& words_of(std::span<const std::uint8_t> message) noexcept;
/// Which of message_types() a message is, by its first byte alone.
std::string type_of(std::span<const std::uint8_t> message);

}  // namespace midinet::control
