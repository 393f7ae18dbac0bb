#include "control/triggers/osc_reader.hpp"

#include <algorithm>
#include <bit>

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

/// False also where arrays are not closed as often as they are opened.
bool skip_arguments(ByteReader& reader, std::string_view types) noexcept {
    unsigned open = 0;
    for (const char tag : types) {
        if (tag == ']' && open == 0) return false;
        open = tag == '[' ? open + 1 : tag == ']' ? open - 1 : open;
        if (!skip_argument(reader, tag)) return false;
    }
    return open == 0;
}

/// Nothing for what is no number.
std::optional<double> number(char tag, ByteView argument) noexcept {
    ByteReader reader{argument};
    switch (tag) {
        case 'i':
            return static_cast<std::int32_t>(reader.u32());
        case 'h':
            return static_cast<double>(static_cast<std::int64_t>(reader.u64()));
        case 'f':
            return std::bit_cast<float>(reader.u32());
        case 'd':
            return std::bit_cast<double>(reader.u64());
        case 'F':
            return 0.0;
        default:
            return std::nullopt;
    }
}

std::string_view text_of(ByteView bytes) noexcept {
    return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

/// Shows it once it is known to be sound.
bool read_message(ByteView message, const OscVisit& visit) {
    ByteReader reader{message};
    const auto pattern = take_string(reader);
    if (!pattern) return false;
    OscMessage found{text_of(*pattern), std::nullopt};
    if (reader.at_end()) return visit(found);  // from senders older than type tags
    const auto tags = take_string(reader);
    if (!tags || !begins_with(*tags, ",")) return false;
    const auto types = text_of(*tags).substr(1);
    ByteReader first = reader;
    if (!skip_arguments(reader, types)) return false;
    if (!types.empty()) found.value = number(types[0], first.rest());
    return visit(found);
}

// NOLINTNEXTLINE(misc-no-recursion): kMaxOscDepth bounds it.
bool read_element(ByteView element, unsigned depth, const OscVisit& visit) {
    if (element.empty() || element.size() % kUnit != 0) return false;
    if (!begins_with(element, "#")) return read_message(element, visit);
    if (depth == kMaxOscDepth || !begins_with(element, kBundle)) return false;
    ByteReader reader{element.subspan(kBundle.size())};
    reader.take(kTimeTagSize);
    while (reader.ok() && !reader.at_end()) {
        const ByteView inner = reader.take(reader.u32());
        if (!read_element(inner, depth + 1, visit)) return false;
    }
    return reader.ok();
}

}  // namespace

bool read_osc(ByteView packet, const OscVisit& visit) { return read_element(packet, 0, visit); }

}  // namespace midinet::control
