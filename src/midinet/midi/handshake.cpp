#include "midi/handshake.hpp"

#include <array>

namespace midinet::midi {
namespace {

constexpr unsigned kDataBits = 7;
constexpr unsigned kSurfaceBit = 4 * kDataBits;  ///< where the surface's number begins
/// A data byte that may differ. At most four a surface.
constexpr std::uint8_t kAny = 0xFE;

/// Another surface is another row, at the end.
constexpr std::array kSurfaces{
    // Akai APC40, "Introduction": the mode (40 generic, 41 and 42 for Ableton Live), and the
    // application's version. It answers with where its faders are.
    Message{0xF0, 0x47, 0x7F, 0x73, 0x60, 0x00, 0x04, kAny, kAny, kAny, kAny, 0xF7},
    // Akai APC40 mkII, the same.
    Message{0xF0, 0x47, 0x7F, 0x29, 0x60, 0x00, 0x04, kAny, kAny, kAny, kAny, 0xF7},
};

}  // namespace

Handshake handshake_of(const Message& message) noexcept {
    const auto bytes = message.bytes();
    for (std::size_t surface = 0; surface < kSurfaces.size(); ++surface) {
        const auto pattern = kSurfaces[surface].bytes();
        bool fits = bytes.size() == pattern.size();
        auto packed = static_cast<Handshake>(surface);
        for (std::size_t i = 0; fits && i < pattern.size(); ++i) {
            const bool any = pattern[i] == kAny;
            fits = any ? !is_status(bytes[i]) : bytes[i] == pattern[i];
            if (any) packed = packed << kDataBits | bytes[i];
        }
        if (fits) return packed;
    }
    return kNoHandshake;
}

Message handshake_message(Handshake handshake) noexcept {
    const auto surface = handshake >> kSurfaceBit;
    if (surface >= kSurfaces.size()) return {};
    Message message;
    unsigned shift = kSurfaceBit;
    for (const std::uint8_t byte : kSurfaces[surface].bytes()) {
        const bool any = byte == kAny;
        if (any) shift -= kDataBits;
        message.push_back(any ? data7(handshake >> shift) : byte);
    }
    return message;
}

}  // namespace midinet::midi
