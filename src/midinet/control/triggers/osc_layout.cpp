#include "control/triggers/osc_layout.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace midinet::control {
namespace {

constexpr std::size_t kUnit = 4;
constexpr std::string_view kBundle{"#bundle\0", 8};
constexpr std::size_t kTimeTagSize = 8;

bool begins_with(ByteView bytes, std::string_view text) noexcept {
    return bytes.size() >= text.size() &&
           std::equal(text.begin(), text.end(), bytes.begin(),
                      [](char c, std::byte b) { return static_cast<std::byte>(c) == b; });
}

/// A string without its zeros; nothing when it does not end, or something else than zeros follows
/// its end.
std::optional<ByteView> take_string(ByteReader& reader) noexcept {
    ByteReader ahead = reader;
    const ByteView all = ahead.rest();
    const auto length =
        static_cast<std::size_t>(std::find(all.begin(), all.end(), std::byte{0}) - all.begin());
    const ByteView padded = reader.take((length / kUnit + 1) * kUnit);
    if (!reader.ok()) return std::nullopt;
    const ByteView padding = padded.subspan(length);
    const bool zeros =
        std::all_of(padding.begin(), padding.end(), [](std::byte b) { return b == std::byte{0}; });
    return zeros ? std::optional{padded.first(length)} : std::nullopt;
}

/// False when the argument is not all there, or nobody knows how long it is.
bool skip_argument(ByteReader& reader, char tag) noexcept {
    if (std::string_view{"TFNI[]"}.find(tag) != std::string_view::npos) return true;
    if (std::string_view{"ifcrm"}.find(tag) != std::string_view::npos) {
        reader.take(4);
    } else if (std::string_view{"htd"}.find(tag) != std::string_view::npos) {
        reader.take(8);
    } else if (tag == 's' || tag == 'S') {
        return take_string(reader).has_value();
    } else if (tag == 'b') {
        const std::size_t size = reader.u32();
        if (size > reader.remaining()) return false;  // or rounding up could wrap
        reader.take((size + kUnit - 1) / kUnit * kUnit);
    } else {
        return false;
    }
    return reader.ok();
}

bool is_sound_message(ByteView message) noexcept {
    ByteReader reader{message};
    if (!take_string(reader)) return false;
    if (reader.at_end()) return true;  // from senders older than type tags
    const auto tags = take_string(reader);
    if (!tags || !begins_with(*tags, ",")) return false;
    const ByteView types = tags->subspan(1);
    return std::all_of(types.begin(), types.end(), [&](std::byte tag) {
        return skip_argument(reader, static_cast<char>(tag));
    });
}

// NOLINTNEXTLINE(misc-no-recursion): kMaxOscDepth bounds it.
bool is_sound_element(ByteView element, unsigned depth) noexcept {
    if (element.empty() || element.size() % kUnit != 0) return false;
    if (!begins_with(element, "#")) return is_sound_message(element);
    if (depth == kMaxOscDepth || !begins_with(element, kBundle)) return false;
    ByteReader reader{element.subspan(kBundle.size())};
    reader.take(kTimeTagSize);
    while (reader.ok() && !reader.at_end()) {
        const ByteView inner = reader.take(reader.u32());
        if (!is_sound_element(inner, depth + 1)) return false;
    }
    return reader.ok();
}

}  // namespace

bool is_sound_osc(ByteView packet) noexcept { return is_sound_element(packet, 0); }

}  // namespace midinet::control
