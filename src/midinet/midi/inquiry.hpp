// Universal Device Inquiry: who a device says it is.
// Source: MIDI 1.0 Detailed Specification 4.2, "Inquiry Message" (06) of the Universal Non-Real
// Time SysEx.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/types.hpp"
#include "midi/message.hpp"

#include <algorithm>

namespace midinet::midi {

/// The longest reply that is kept, F0 and F7 included. Most have 15 or 17 bytes.
inline constexpr std::size_t kMaxInquiryReply = 64;
/// A reply, F0 to F7; empty: none.
using InquiryReply = FixedVector<std::uint8_t, kMaxInquiryReply>;
/// What a device said on each of its ports.
using InquiryReplies = std::array<InquiryReply, kMaxPorts>;

/// The device id that every device answers to.
inline constexpr std::uint8_t kAllCall = 0x7F;
/// Where the device id stands in a question and in a reply.
inline constexpr std::size_t kDeviceIdAt = 2;
/// F0 7E, the device id, 06 02, at least one byte of who it is, F7.
inline constexpr std::size_t kMinInquiryReply = 7;

inline constexpr Message kInquiry{0xF0, 0x7E, kAllCall, 0x06, 0x01, 0xF7};

/// Whether `message` asks a device, any device, who it is. RT-safe.
constexpr bool is_inquiry(const Message& message) noexcept {
    const auto b = message.bytes();
    return b.size() == 6 && b[0] == 0xF0 && b[1] == 0x7E && b[3] == 0x06 && b[4] == 0x01 &&
           b[5] == 0xF7;
}

/// Whether a SysEx that begins with these bytes is a reply to such a question. RT-safe.
constexpr bool begins_inquiry_reply(std::span<const std::uint8_t> bytes) noexcept {
    return bytes.size() >= 5 && bytes[0] == 0xF0 && bytes[1] == 0x7E && bytes[3] == 0x06 &&
           bytes[4] == 0x02;
}

/// Whether `bytes` is one whole reply that may be kept. RT-safe.
constexpr bool is_inquiry_reply(std::span<const std::uint8_t> bytes) noexcept {
    return begins_inquiry_reply(bytes) && bytes.size() >= kMinInquiryReply &&
           bytes.size() <= kMaxInquiryReply && bytes.back() == 0xF7 &&
           std::none_of(bytes.begin() + 1, bytes.end() - 1, is_status);
}

}  // namespace midinet::midi
