// CRC-32, to recognise a damaged or misassembled message. Not for secrets.
#pragma once

#include "base/bytes.hpp"

#if __has_include(<libdeflate.h>)
#include <libdeflate.h>
#else
#include "base/crc32_table.hpp"
#endif

#include <cstdint>

namespace midinet {

/// The state before the first byte.
inline constexpr std::uint32_t kCrc32Init = 0xFFFF'FFFF;

/// The CRC of all bytes the state has seen. RT-safe.
constexpr std::uint32_t crc32_finish(std::uint32_t state) noexcept { return ~state; }

/// The state after `bytes`, from the state before them. RT-safe. Every datagram is checked on the
/// hot path, so the library's fastest way on this processor is taken, where there is the library.
/// Source: IEEE 802.3 §3.2.9 (polynomial 0x04C11DB7 reflected, initial value and final inversion
/// all ones).
inline std::uint32_t crc32_update(std::uint32_t state, ByteView bytes) noexcept {
    if (bytes.empty()) return state;  // no bytes may have no address, which the library takes amiss
#if __has_include(<libdeflate.h>)
    return ~libdeflate_crc32(~state, bytes.data(), bytes.size());
#else
    return kCrc32Table.update(state, bytes);
#endif
}

}  // namespace midinet
