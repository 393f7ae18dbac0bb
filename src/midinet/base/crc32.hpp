// CRC-32, to recognise a damaged or misassembled message. Not for secrets.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstdint>

namespace midinet {

namespace detail {
constexpr std::array<std::uint32_t, 256> make_crc32_table() noexcept {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t remainder = i;
        for (int bit = 0; bit < 8; ++bit)
            remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? 0xEDB88320U : 0U);
        table[i] = remainder;
    }
    return table;
}
inline constexpr std::array<std::uint32_t, 256> kCrc32Table = make_crc32_table();
}  // namespace detail

/// The state before the first byte.
inline constexpr std::uint32_t kCrc32Init = 0xFFFF'FFFF;

/// The state after `bytes`, from the state before them. Takes a step a byte. RT-safe.
/// Source: IEEE 802.3 §3.2.9 (polynomial 0x04C11DB7 reflected, initial value and final inversion
/// all ones).
constexpr std::uint32_t crc32_update(std::uint32_t state, ByteView bytes) noexcept {
    for (const std::byte b : bytes)
        state = (state >> 8U) ^ detail::kCrc32Table[(state ^ to_u8(b)) & 0xFFU];
    return state;
}

/// The CRC of all bytes the state has seen. RT-safe.
constexpr std::uint32_t crc32_finish(std::uint32_t state) noexcept { return ~state; }

}  // namespace midinet
