// Payloads to damage: encoded into a vector, and decoded with the error as the thing to compare.
#pragma once

#include "base/crc32.hpp"
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

/// A datagram with the check that its bytes ask for.
inline Bytes sealed(Bytes datagram) {
    if (datagram.size() < kHeaderSize) return datagram;
    const ByteView all(datagram);
    const auto check = crc32_finish(
        crc32_update(crc32_update(kCrc32Init, all.first(20)), all.subspan(kHeaderSize)));
    for (std::size_t i = 0; i < 4; ++i)
        datagram[24 + i] = static_cast<std::byte>((check >> (24 - 8 * i)) & 0xFFU);
    return datagram;
}

/// Why it was refused; nothing when it was not.
template <typename T>
std::optional<DecodeError> refusal(const Decoded<T>& decoded) {
    if (decoded) return std::nullopt;
    return decoded.error();
}

}  // namespace midinet::wire::testing
