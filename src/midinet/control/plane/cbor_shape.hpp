// Whether bytes are CBOR of the plain shape that messages have, before a library builds anything of
// them. Source: RFC 8949.
#pragma once

#include "base/bytes.hpp"
#include "wire/header.hpp"

#include <optional>

namespace midinet::control::plane {

/// Maps and lists inside each other, the message's own map included.
inline constexpr std::size_t kMaxCborDepth = 6;

/// Nothing when `bytes` are exactly one map with text for keys, of definite lengths, without tags,
/// with integers, finite floats, booleans, null, text, bytes, lists and maps in it, none deeper
/// than kMaxCborDepth. Errors: TooShort, TrailingBytes, TooLong (more than a payload), BadValue.
/// Total; RT-safe.
std::optional<wire::DecodeError> cbor_fault(ByteView bytes) noexcept;

}  // namespace midinet::control::plane
