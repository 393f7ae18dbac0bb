// A MIDI message, decoded.
#pragma once

#include "control/report/show_json.hpp"

#include <cstdint>
#include <span>

namespace midinet::control {

/// Adds "raw" ("90 3c 64"), "kind" ("note_on"), "type" (of message_types()), "channel" (1 to 16;
/// null where it has none), the message's own fields ("note", "name", "velocity", "controller",
/// "value", "program", "position", "song", "bytes"), and "text" for people. Of a SysEx `bytes` may
/// be the beginning alone. Total: any bytes. Pure.
void add_message(JsonValue& json, std::span<const std::uint8_t> bytes, std::size_t whole_length);

}  // namespace midinet::control
