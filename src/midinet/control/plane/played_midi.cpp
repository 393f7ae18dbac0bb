#include "control/plane/played_midi.hpp"

#include <algorithm>

namespace midinet::control::plane {
namespace {

constexpr auto kSysEx = static_cast<std::uint8_t>(midi::Kind::SysEx);
constexpr auto kEndOfSysEx = static_cast<std::uint8_t>(midi::Kind::EndOfSysEx);

/// System common and real-time messages are a transport's or a clock's, and no control's.
bool is_playable(std::span<const std::uint8_t> message) noexcept {
    return midi::is_well_formed(message) &&
           (midi::is_channel(message.front()) || message.front() == kSysEx);
}

}  // namespace

std::size_t PlayedMidi::size_of_first(std::span<const std::uint8_t> bytes) noexcept {
    const auto end = std::find(bytes.begin(), bytes.end(), kEndOfSysEx);
    const auto size = bytes.front() == kSysEx
                          ? static_cast<std::size_t>(end - bytes.begin()) + (end != bytes.end())
                          : midi::message_size(bytes.front());
    return size <= bytes.size() && size <= midi::Message::kMaxInline ? size : 0;
}

bool PlayedMidi::add(std::span<const std::uint8_t> message) noexcept {
    if (!is_playable(message) || message.size() > kMaxBytes - bytes_.size()) return false;
    for (const auto byte : message) (void)bytes_.push_back(byte);
    ++count_;
    return true;
}

std::optional<PlayedMidi> PlayedMidi::of(std::span<const std::uint8_t> bytes) noexcept {
    PlayedMidi played;
    for (auto rest = bytes; !rest.empty();) {
        const auto size = size_of_first(rest);
        if (size == 0 || !played.add(rest.first(size))) return std::nullopt;
        rest = rest.subspan(size);
    }
    return played;
}

}  // namespace midinet::control::plane
