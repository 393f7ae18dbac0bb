// Open Sound Control packets. Source: OSC 1.0, "OSC Packets" to "OSC Bundles".
//
// Not by oscpack, which this was once: on every machine but x86 its 32-bit integers are C's long,
// of 64 bits on a 64-bit Raspberry Pi, where it takes each bundle for malformed; and its 1.1.0
// reads behind packets that lie about their sizes.
#pragma once

#include "base/bytes.hpp"

#include <functional>
#include <optional>
#include <string_view>

namespace midinet::control {

/// A message in a bundle in a bundle in a bundle in a bundle.
inline constexpr unsigned kMaxOscDepth = 4;

/// Valid while the packet is.
struct OscMessage {
    std::string_view pattern;     ///< what it is addressed to
    std::optional<double> value;  ///< its first argument, where that is a number (F is 0)
};
/// False: it is malformed.
using OscVisit = std::function<bool(const OscMessage& message)>;

/// Shows each message, in the order of the packet. False when something is malformed: every string,
/// argument and bundle element must lie within the packet, strings be padded with zeros, type tags
/// be known ones, bundles no deeper than kMaxOscDepth, and `visit` content; messages before that
/// were shown then. Total.
bool read_osc(ByteView packet, const OscVisit& visit);

}  // namespace midinet::control
