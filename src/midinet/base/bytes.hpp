// Reading and writing bytes, network order, with bounds that cannot be forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace midinet {

using ByteView = std::span<const std::byte>;

constexpr std::uint8_t to_u8(std::byte b) noexcept { return std::to_integer<std::uint8_t>(b); }

/// Reads big-endian integers from a view. Past the end every read gives zero and `ok()` is false
/// from then on, so a decoder reads a whole layout and checks once. RT-safe.
class ByteReader {
  public:
    explicit constexpr ByteReader(ByteView bytes) noexcept : bytes_(bytes) {}

    constexpr bool ok() const noexcept { return ok_; }
    constexpr std::size_t remaining() const noexcept { return bytes_.size() - at_; }
    constexpr bool at_end() const noexcept { return remaining() == 0; }

    constexpr std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(integer<1>()); }
    constexpr std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(integer<2>()); }
    constexpr std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(integer<4>()); }
    constexpr std::uint64_t u64() noexcept { return integer<8>(); }

    /// The next `n` bytes, or an empty view (and `ok()` false) when fewer are left. Lifetime: the
    /// underlying bytes.
    constexpr ByteView take(std::size_t n) noexcept {
        if (n > remaining()) {
            ok_ = false;
            at_ = bytes_.size();
            return {};
        }
        const ByteView taken = bytes_.subspan(at_, n);
        at_ += n;
        return taken;
    }
    constexpr ByteView rest() noexcept { return take(remaining()); }

  private:
    /// The width is known when it is compiled: then it is one load.
    template <std::size_t kWidth>
    constexpr std::uint64_t integer() noexcept {
        const ByteView taken = take(kWidth);
        if (taken.empty()) return 0;
        return [&]<std::size_t... kAt>(std::index_sequence<kAt...>) {
            std::uint64_t value = 0;
            ((value = (value << 8U) | to_u8(taken[kAt])), ...);
            return value;
        }
        (std::make_index_sequence<kWidth>{});
    }

    ByteView bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

/// Writes big-endian integers into a buffer. A write that does not fit is refused whole and `ok()`
/// is false from then on. RT-safe.
class ByteWriter {
  public:
    explicit constexpr ByteWriter(std::span<std::byte> buffer) noexcept : buffer_(buffer) {}

    constexpr bool ok() const noexcept { return ok_; }
    constexpr std::size_t size() const noexcept { return at_; }
    constexpr std::size_t room() const noexcept { return buffer_.size() - at_; }
    constexpr ByteView written() const noexcept { return buffer_.first(at_); }

    constexpr void u8(std::uint8_t v) noexcept { integer<1>(v); }
    constexpr void u16(std::uint16_t v) noexcept { integer<2>(v); }
    constexpr void u32(std::uint32_t v) noexcept { integer<4>(v); }
    constexpr void u64(std::uint64_t v) noexcept { integer<8>(v); }

    void bytes(ByteView data) noexcept {
        if (!fits(data.size())) return;
        if (!data.empty()) std::memcpy(buffer_.data() + at_, data.data(), data.size());
        at_ += data.size();
    }
    /// Overwrites two bytes already written at `offset`, for counts and lengths known last.
    constexpr void patch_u16(std::size_t offset, std::uint16_t v) noexcept {
        if (offset + 2 > at_) {
            ok_ = false;
            return;
        }
        put<2>(offset, v);
    }

    /// The same for four bytes.
    constexpr void patch_u32(std::size_t offset, std::uint32_t v) noexcept {
        patch_u16(offset, static_cast<std::uint16_t>(v >> 16U));
        patch_u16(offset + 2, static_cast<std::uint16_t>(v & 0xFFFFU));
    }

  private:
    /// Its own pointer, for a byte might be part of this object: else each is stored by itself.
    template <std::size_t kWidth>
    constexpr void put(std::size_t offset, std::uint64_t v) noexcept {
        std::byte* const to = buffer_.data() + offset;
        [&]<std::size_t... kAt>(std::index_sequence<kAt...>) {
            ((to[kAt] = static_cast<std::byte>((v >> (8U * (kWidth - 1 - kAt))) & 0xFFU)), ...);
        }
        (std::make_index_sequence<kWidth>{});
    }
    constexpr bool fits(std::size_t n) noexcept {
        if (n <= room()) return true;
        ok_ = false;
        return false;
    }
    template <std::size_t kWidth>
    constexpr void integer(std::uint64_t v) noexcept {
        if (!fits(kWidth)) return;
        put<kWidth>(at_, v);
        at_ += kWidth;
    }

    std::span<std::byte> buffer_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

}  // namespace midinet
