// What the kinds of MIDI messages are called, wherever they are told.
#pragma once

#include "midi/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace midinet::control {

struct KindWords {
    midi::Kind kind;
    std::string_view name;  ///< for programs: "control_change"
    std::string_view text;  ///< for people: "cc"
    std::string_view type;  ///< one of message_types(): people choose by these
};

/// Total: kinds that MIDI leaves undefined are called so. RT-safe.
const KindWords& words_of(midi::Kind kind) noexcept;

/// "note", "cc", "program", "bend", "pressure", "sysex", "clock" (clock and active sensing) and
/// "system" (what else has no channel).
std::vector<std::string> message_types();

}  // namespace midinet::control
