#include "control/report/message_words.hpp"

#include "midi/message.hpp"

#include <fmt/format.h>

#include <algorithm>
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

/// What is behind the name of a message that has a channel.
std::string channel_values(const Message& m) {
    switch (m.kind()) {
        case Kind::NoteOff:
        case Kind::NoteOn:
            return fmt::format("{}  velocity {}", note_words(m.data1()), m.data2());
        case Kind::PolyPressure:
            return fmt::format("{}  {}", note_words(m.data1()), m.data2());
        case Kind::ControlChange:
            return fmt::format("{} = {}", m.data1(), m.data2());
        case Kind::PitchBend:
            return fmt::format("{:+}", static_cast<int>(m.value14()) - 8192);
        default:
            return fmt::format("{}", m.data1());
    }
}

std::string system_words(const Message& m, std::string_view name) {
    switch (m.kind()) {
        case Kind::QuarterFrame:
        case Kind::SongSelect:
            return fmt::format("{} {}", name, m.data1());
        case Kind::SongPosition:
            return fmt::format("{} {}", name, m.value14());
        case Kind::UndefinedF4:
        case Kind::UndefinedF5:
        case Kind::UndefinedF9:
        case Kind::UndefinedFD:
            return fmt::format("{} {:02X}", name, m.status());
        default:
            return std::string(name);
    }
}

}  // namespace

const KindWords& words_of(std::span<const std::uint8_t> message) noexcept {
    if (!message.empty() && message.front() == 0xF0) return words_of(Kind::SysEx);
    if (!midi::is_well_formed(message)) return words_of(Kind::UndefinedF4);
    const Message m(message);
    return words_of(m.is_note_off() ? Kind::NoteOff : m.kind());
}

std::string message_words(std::span<const std::uint8_t> message, std::size_t whole) {
    if (message.empty()) return "nothing";
    const auto size = std::max(whole, message.size());
    const auto name = words_of(message).text;
    if (message.front() == 0xF0) return fmt::format("{:<9} {} bytes", name, size);
    if (!midi::is_well_formed(message)) return fmt::format("{} loose bytes", size);
    const Message m(message);
    if (!m.is_channel_message()) return system_words(m, name);
    return fmt::format("{:<9} ch {:<2}  {}", name, m.channel() + 1U, channel_values(m));
}

std::string hex_words(std::span<const std::uint8_t> message, std::size_t most, std::size_t whole) {
    std::string text;
    for (const auto byte : message.first(std::min(most, message.size())))
        text += fmt::format("{}{:02X}", text.empty() ? "" : " ", byte);
    const auto size = std::max(whole, message.size());
    if (size > most) text += fmt::format(" … ({} bytes)", size);
    return text;
}

std::string type_of(std::span<const std::uint8_t> message) {
    const std::uint8_t status = message.empty() ? 0 : message.front();
    const auto kind = static_cast<Kind>(midi::is_channel(status) ? status & 0xF0U : status);
    return std::string(words_of(kind).type);
}

}  // namespace midinet::control
