// CRC-32 by tables, where the library that does it by the processor's own instructions is missing.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace midinet {

/// Eight bytes at a time ("slicing-by-8"): table k has what a byte becomes k bytes further on.
/// Source: IEEE 802.3 §3.2.9, the polynomial reflected.
class Crc32Table {
  public:
    constexpr Crc32Table() noexcept {
        for (std::uint32_t byte = 0; byte < kBytes; ++byte) {
            std::uint32_t value = byte;
            for (int bit = 0; bit < 8; ++bit)
                value = (value >> 1U) ^ ((value & 1U) != 0 ? kPolynomial : 0U);
            tables_[0][byte] = value;
        }
        for (std::size_t k = 1; k < kSlices; ++k)
            for (std::size_t byte = 0; byte < kBytes; ++byte) {
                const std::uint32_t before = tables_[k - 1][byte];
                tables_[k][byte] = (before >> 8U) ^ tables_[0][before & 0xFFU];
            }
    }
    /// As crc32_update(). RT-safe.
    std::uint32_t update(std::uint32_t state, ByteView bytes) const noexcept {
        std::size_t at = 0;
        for (; bytes.size() - at >= kSlices; at += kSlices) {
            std::uint32_t next = 0;
            for (std::size_t i = 0; i < kSlices; ++i) {
                const std::uint32_t before = i < 4 ? (state >> (8U * i)) & 0xFFU : 0U;
                next ^= tables_[kSlices - 1 - i][before ^ std::to_integer<unsigned>(bytes[at + i])];
            }
            state = next;
        }
        for (; at < bytes.size(); ++at)
            state =
                (state >> 8U) ^ tables_[0][(state ^ std::to_integer<unsigned>(bytes[at])) & 0xFFU];
        return state;
    }

  private:
    static constexpr std::uint32_t kPolynomial = 0xEDB8'8320;
    static constexpr std::size_t kSlices = 8;
    static constexpr std::size_t kBytes = 256;
    std::array<std::array<std::uint32_t, kBytes>, kSlices> tables_{};
};

inline constexpr Crc32Table kCrc32Table;

}  // namespace midinet
