// Payloads to damage: encoded into a vector, and decoded with the error as the thing to compare.
#pragma once

#include "golden/hex.hpp"
#include "wire/header.hpp"

#include <optional>
#include <vector>

namespace midinet::wire::testing {

using midinet::testing::Bytes;
using midinet::testing::from_hex;
using midinet::testing::to_hex;

/// What `write(ByteWriter&)` writes.
template <typename Write>
Bytes encoded(Write write) {
    Bytes buffer(kMaxPayload);
    ByteWriter writer(buffer);
    write(writer);
    buffer.resize(writer.size());
    return buffer;
}

/// `bytes` with those from `offset` on overwritten.
inline Bytes with(Bytes bytes, std::size_t offset, std::string_view hex) {
    for (const std::byte b : from_hex(hex)) bytes.at(offset++) = b;
    return bytes;
}
inline Bytes without_last(Bytes bytes) {
    bytes.pop_back();
    return bytes;
}
inline Bytes plus(Bytes bytes, std::string_view hex) {
    for (const std::byte b : from_hex(hex)) bytes.push_back(b);
    return bytes;
}

/// Why it was refused; nothing when it was not.
template <typename T>
std::optional<DecodeError> refusal(const Decoded<T>& decoded) {
    if (decoded) return std::nullopt;
    return decoded.error();
}

}  // namespace midinet::wire::testing
