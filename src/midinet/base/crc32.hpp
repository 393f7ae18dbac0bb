// CRC-32, to recognise a damaged or misassembled message. Not for secrets.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>

namespace midinet {

namespace detail {
using Crc32Table = std::array<std::uint32_t, 256>;

/// Table k holds the remainder of a byte that k more bytes follow, so that eight bytes are one step
/// ("slicing by 8", Kounavis and Berry, 2005): every datagram is checked on the hot path.
constexpr std::array<Crc32Table, 8> make_crc32_tables() noexcept {
    std::array<Crc32Table, 8> tables{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t remainder = i;
        for (int bit = 0; bit < 8; ++bit)
            remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? 0xEDB88320U : 0U);
        tables[0][i] = remainder;
    }
    for (std::size_t k = 1; k < tables.size(); ++k)
        for (std::size_t i = 0; i < 256; ++i)
            tables[k][i] = (tables[k - 1][i] >> 8U) ^ tables[0][tables[k - 1][i] & 0xFFU];
    return tables;
}
inline constexpr std::array<Crc32Table, 8> kCrc32Tables = make_crc32_tables();

/// Precondition: four bytes.
constexpr std::uint32_t little_endian(ByteView bytes) noexcept {
    return static_cast<std::uint32_t>(to_u8(bytes[0])) |
           static_cast<std::uint32_t>(to_u8(bytes[1])) << 8U |
           static_cast<std::uint32_t>(to_u8(bytes[2])) << 16U |
           static_cast<std::uint32_t>(to_u8(bytes[3])) << 24U;
}
}  // namespace detail

/// The state before the first byte.
inline constexpr std::uint32_t kCrc32Init = 0xFFFF'FFFF;

/// The state after `bytes`, from the state before them. RT-safe.
/// Source: IEEE 802.3 §3.2.9 (polynomial 0x04C11DB7 reflected, initial value and final inversion
/// all ones).
constexpr std::uint32_t crc32_update(std::uint32_t state, ByteView bytes) noexcept {
    const auto& tables = detail::kCrc32Tables;
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        const std::uint32_t low = state ^ detail::little_endian(bytes);
        const std::uint32_t high = detail::little_endian(bytes.subspan(4));
        state = tables[7][low & 0xFFU] ^ tables[6][(low >> 8U) & 0xFFU] ^
                tables[5][(low >> 16U) & 0xFFU] ^ tables[4][low >> 24U] ^ tables[3][high & 0xFFU] ^
                tables[2][(high >> 8U) & 0xFFU] ^ tables[1][(high >> 16U) & 0xFFU] ^
                tables[0][high >> 24U];
    }
    for (const std::byte b : bytes) state = (state >> 8U) ^ tables[0][(state ^ to_u8(b)) & 0xFFU];
    return state;
}

/// The CRC of all bytes the state has seen. RT-safe.
constexpr std::uint32_t crc32_finish(std::uint32_t state) noexcept { return ~state; }

}  // namespace midinet
