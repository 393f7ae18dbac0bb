// How long events took to a client, as it says itself. Normative: docs/wire_format.md §14.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/time.hpp"
#include "base/types.hpp"

#include <cstdint>

namespace midinet::control::plane {

/// Since the client's start. The quantiles that everybody looks at are in its status.
struct TransitStatus {
    static constexpr std::size_t kBuckets = 32;

    SenderId id{};  ///< Range: top bit set
    std::uint32_t p99_9_us = 0;
    std::uint32_t max_us = 0;
    /// Events by how long they took: the n-th are those of at most transit_edge_us(n) that were
    /// longer than the edge before; the last ones were longer than all edges. Empty at the end is
    /// left out.
    FixedVector<std::uint64_t, kBuckets> counts{};
    friend bool operator==(const TransitStatus&, const TransitStatus&) = default;
};

inline constexpr Duration kTransitInterval = 2s;

/// The upper edge of a bucket: 16, 24, 32, 48, 64, 96 … 524288. Units: microseconds. Range of
/// `bucket`: below kBuckets - 1; the last bucket has none.
constexpr std::uint32_t transit_edge_us(std::size_t bucket) noexcept {
    return (bucket % 2 == 0 ? 16U : 24U) << (bucket / 2);
}

/// The bucket of a transit. Pure.
constexpr std::size_t transit_bucket(std::uint64_t us) noexcept {
    std::size_t bucket = 0;
    while (bucket + 1 < TransitStatus::kBuckets && us > transit_edge_us(bucket)) ++bucket;
    return bucket;
}

}  // namespace midinet::control::plane
