#include "control/report/midi_json.hpp"

#include "control/report/message_words.hpp"
#include "midi/message.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace midinet::control {
namespace {

using midi::Kind;
using midi::Message;

void add_fields(JsonValue& json, const Message& m) {
    switch (m.kind()) {
        case Kind::NoteOff:
        case Kind::NoteOn:
            json["note"] = m.data1();
            json["name"] = note_name(m.data1());
            json["velocity"] = m.data2();
            break;
        case Kind::PolyPressure:
            json["note"] = m.data1();
            json["name"] = note_name(m.data1());
            json["value"] = m.data2();
            break;
        case Kind::ControlChange:
            json["controller"] = m.data1();
            json["value"] = m.data2();
            break;
        case Kind::ProgramChange:
            json["program"] = m.data1();
            break;
        case Kind::ChannelPressure:
        case Kind::QuarterFrame:
            json["value"] = m.data1();
            break;
        case Kind::PitchBend:
            json["value"] = static_cast<int>(m.value14()) - 8192;
            break;
        case Kind::SongPosition:
            json["position"] = m.value14();
            break;
        case Kind::SongSelect:
            json["song"] = m.data1();
            break;
        default:
            break;
    }
}

std::string raw(std::span<const std::uint8_t> bytes) {
    std::string text;
    for (const auto byte : bytes) text += fmt::format("{}{:02x}", text.empty() ? "" : " ", byte);
    return text;
}

}  // namespace

void add_message(JsonValue& json, std::span<const std::uint8_t> bytes, std::size_t whole_length) {
    const bool is_sysex = !bytes.empty() && bytes.front() == 0xF0;
    const bool known = !is_sysex && midi::is_well_formed(bytes);
    const Message message(known ? Message(bytes) : Message{});
    json["raw"] = raw(bytes);
    json["kind"] = words_of(bytes).name;
    json["type"] = type_of(bytes);
    json["channel"] = nullptr;
    if (known && message.is_channel_message()) json["channel"] = message.channel() + 1;
    if (known) add_fields(json, message);
    json["bytes"] = whole_length;
    json["text"] = message_words(bytes, whole_length);
}

}  // namespace midinet::control
