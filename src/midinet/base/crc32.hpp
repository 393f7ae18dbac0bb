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
}  // namespace detail

/// The state before the first byte.
inline constexpr std::uint32_t kCrc32Init = 0xFFFF'FFFF;

/// The state after `bytes`, from the state before them. RT-safe.
/// Source: IEEE 802.3 §3.2.9 (polynomial 0x04C11DB7 reflected, initial value and final inversion
/// all ones).
constexpr std::uint32_t crc32_update(std::uint32_t state, ByteView bytes) noexcept {
    const auto& tables = detail::kCrc32Tables;
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        std::uint32_t next = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            const std::uint32_t mixed = i < 4 ? (state >> (8U * i)) & 0xFFU : 0U;
            next ^= tables[7 - i][to_u8(bytes[i]) ^ mixed];
        }
        state = next;
    }
    for (const std::byte b : bytes) state = (state >> 8U) ^ tables[0][(state ^ to_u8(b)) & 0xFFU];
    return state;
}

/// The CRC of all bytes the state has seen. RT-safe.
constexpr std::uint32_t crc32_finish(std::uint32_t state) noexcept { return ~state; }

}  // namespace midinet
