// What clients ask of hosts. Layout: docs/wire_format.md §8 and §9.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/serial.hpp"
#include "wire/header.hpp"

namespace midinet::wire {

/// Consecutive numbers, both ends included.
struct Range {
    Sequence first{};
    Sequence last{};
    friend bool operator==(const Range&, const Range&) = default;
};

namespace nack_flags {
inline constexpr std::uint8_t kState = 1U << 0U;     ///< send the journal
inline constexpr std::uint8_t kIdentity = 1U << 1U;  ///< send the identity
}  // namespace nack_flags

/// "I miss these."
struct Nack {
    SourceId source{};
    Epoch epoch{};
    std::uint8_t flags = 0;
    FixedVector<Range, kMaxNackRanges> live{};
    FixedVector<Range, kMaxNackRanges> bulk{};
    friend bool operator==(const Nack&, const Nack&) = default;
};
void encode_nack(ByteWriter& writer, const Nack& nack) noexcept;
Decoded<Nack> decode_nack(ByteView payload) noexcept;

/// "Send me a copy by unicast", to the address this came from, for kLeaseTerm. `release` gives it
/// back.
struct Lease {
    bool release = false;
    friend bool operator==(const Lease&, const Lease&) = default;
};
void encode_lease(ByteWriter& writer, const Lease& lease) noexcept;
Decoded<Lease> decode_lease(ByteView payload) noexcept;

}  // namespace midinet::wire
