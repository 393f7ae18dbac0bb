// Serial numbers that wrap. Source: RFC 1982 (serial number arithmetic, SERIAL_BITS = 32).
#pragma once

#include <cstdint>

namespace midinet {

/// The number of an event within (source, epoch, lane). The first is 1; 0 means "none yet".
/// There is no `<`: serial numbers have a distance, not an order.
struct Sequence {
    std::uint32_t value{};

    friend constexpr bool operator==(Sequence, Sequence) = default;
    constexpr Sequence next() const noexcept { return {value + 1}; }
    constexpr Sequence plus(std::uint32_t n) const noexcept { return {value + n}; }
    constexpr Sequence minus(std::uint32_t n) const noexcept { return {value - n}; }
};

/// How far `to` lies after `from`; negative when it lies before. Range: -2^31 .. 2^31-1.
constexpr std::int32_t distance(Sequence from, Sequence to) noexcept {
    return static_cast<std::int32_t>(to.value - from.value);
}
constexpr bool is_after(Sequence a, Sequence b) noexcept { return distance(b, a) > 0; }

}  // namespace midinet
