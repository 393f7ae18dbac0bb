#include "control/report/message_words.hpp"

#include "midi/message.hpp"

#include <fmt/format.h>

#include <array>

namespace midinet::control {

std::string note_name(unsigned note) {
    static constexpr std::array<const char*, 12> kNames{"C",  "C#", "D",  "D#", "E",  "F",
                                                        "F#", "G",  "G#", "A",  "A#", "B"};
    return fmt::format("{}{}", kNames[note % 12], static_cast<int>(note / 12) - 1);
}

namespace {

using midi::Kind;
using midi::Message;

std::string note_words(unsigned note) { return fmt::format("{} ({})", note_name(note), note); }

std::string channel_words(const Message& m) {
    const unsigned channel = m.channel() + 1U;
    const auto lead = [&](const char* what) {
        return fmt::format("{:<9} ch {:<2}", what, channel);
    };
    switch (m.kind()) {
        case Kind::NoteOff:
            return fmt::format("{}  {}  velocity {}", lead("note off"), note_words(m.data1()),
                               m.data2());
        case Kind::NoteOn:
            return fmt::format("{}  {}  velocity {}", lead(m.is_note_on() ? "note on" : "note off"),
                               note_words(m.data1()), m.data2());
        case Kind::PolyPressure:
            return fmt::format("{}  {}  {}", lead("pressure"), note_words(m.data1()), m.data2());
        case Kind::ControlChange:
            return fmt::format("{}  {} = {}", lead("cc"), m.data1(), m.data2());
        case Kind::ProgramChange:
            return fmt::format("{}  {}", lead("program"), m.data1());
        case Kind::ChannelPressure:
            return fmt::format("{}  {}", lead("pressure"), m.data1());
        default:
            return fmt::format("{}  {:+}", lead("bend"), static_cast<int>(m.value14()) - 8192);
    }
}

std::string system_words(const Message& m) {
    switch (m.kind()) {
        case Kind::QuarterFrame:
            return fmt::format("quarter frame {}", m.data1());
        case Kind::SongPosition:
            return fmt::format("song position {}", m.value14());
        case Kind::SongSelect:
            return fmt::format("song select {}", m.data1());
        case Kind::TuneRequest:
            return "tune request";
        case Kind::Clock:
            return "clock";
        case Kind::Start:
            return "start";
        case Kind::Continue:
            return "continue";
        case Kind::Stop:
            return "stop";
        case Kind::ActiveSensing:
            return "active sensing";
        case Kind::SystemReset:
            return "system reset";
        default:
            return fmt::format("undefined {:02X}", m.status());
    }
}

}  // namespace

std::string message_words(std::span<const std::uint8_t> message) {
    if (message.empty()) return "nothing";
    if (message.front() == 0xF0) return fmt::format("sysex     {} bytes", message.size());
    if (!midi::is_well_formed(message)) return fmt::format("{} loose bytes", message.size());
    const Message m(message);
    return m.is_channel_message() ? channel_words(m) : system_words(m);
}

std::string hex_words(std::span<const std::uint8_t> message, std::size_t most) {
    std::string text;
    for (const auto byte : message.first(std::min(most, message.size())))
        text += fmt::format("{}{:02X}", text.empty() ? "" : " ", byte);
    if (message.size() > most) text += fmt::format(" … ({} bytes)", message.size());
    return text;
}

std::vector<std::string> message_types() {
    return {"note", "cc", "program", "bend", "pressure", "sysex", "clock", "system"};
}

std::string type_of(std::span<const std::uint8_t> message) {
    const std::uint8_t status = message.empty() ? 0 : message.front();
    switch (status & 0xF0U) {
        case 0x80:
        case 0x90:
            return "note";
        case 0xA0:
        case 0xD0:
            return "pressure";
        case 0xB0:
            return "cc";
        case 0xC0:
            return "program";
        case 0xE0:
            return "bend";
        default:
            break;
    }
    if (status == 0xF0) return "sysex";
    return status == 0xF8 || status == 0xFE ? "clock" : "system";
}

}  // namespace midinet::control
