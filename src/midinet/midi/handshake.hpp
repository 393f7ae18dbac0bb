// What an application tells a control surface before anything else: the mode it is to be in.
#pragma once

#include "midi/message.hpp"

#include <cstdint>

namespace midinet::midi {

/// A handshake as one number: bits 28..31 say which surface (0 Akai APC40, 1 Akai APC40 mkII), the
/// others are the data bytes that may differ, 7 bits each, the first one highest. Part of the wire
/// format: a surface's number is for ever.
using Handshake = std::uint32_t;
inline constexpr Handshake kNoHandshake = 0xFFFFFFFF;

/// The handshake that `message` is; kNoHandshake: another message. RT-safe.
Handshake handshake_of(const Message& message) noexcept;
/// The message; empty: there is no such handshake. RT-safe.
Message handshake_message(Handshake handshake) noexcept;

}  // namespace midinet::midi
