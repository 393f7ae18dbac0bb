// The layout of Open Sound Control packets. Source: OSC 1.0, "OSC Packets" to "OSC Bundles".
#pragma once

#include "base/bytes.hpp"

namespace midinet::control {

/// A message in a bundle in a bundle in a bundle in a bundle.
inline constexpr unsigned kMaxOscDepth = 4;

/// Whether every string, argument and bundle element lies within the packet, strings are padded
/// with zeros, type tags are known ones, and bundles are no deeper than kMaxOscDepth. Total.
///
/// Nothing may be given to oscpack before: its 1.1.0 reads behind a packet for the size of a blob
/// that is not there ("/a", ",b" and no more kills the process), jumps by a blob's size unchecked,
/// and counts a bundle element of 0xFFFFFFFC bytes for ever.
bool is_sound_osc(ByteView packet) noexcept;

}  // namespace midinet::control
