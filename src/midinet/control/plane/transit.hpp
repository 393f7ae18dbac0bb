// How long events took to a client, as it says itself. Normative: docs/wire_format.md §14.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/time.hpp"
#include "base/types.hpp"

#include <cstdint>
#include <optional>

namespace midinet::control::plane {

/// Of the last 10 s or 12 s, as of the message. All zero: nothing was played in them.
struct RecentTransit {
    std::uint64_t count = 0;  ///< events
    std::uint32_t p50_us = 0;
    std::uint32_t p95_us = 0;
    std::uint32_t p99_us = 0;
    friend bool operator==(const RecentTransit&, const RecentTransit&) = default;
};

/// Since the client's start, but for `recent`. More quantiles since then are in its status.
struct TransitStatus {
    static constexpr std::size_t kBuckets = 32;

    SenderId id{};  ///< Range: top bit set
    std::uint32_t p99_9_us = 0;
    std::uint32_t max_us = 0;
    /// Events by how long they took: the n-th are those of at most transit_edge_us(n) that were
    /// longer than the edge before; the last ones were longer than all edges. Empty at the end is
    /// left out.
    FixedVector<std::uint64_t, kBuckets> counts{};
    std::optional<RecentTransit> recent{};  ///< nothing: it does not tell
    friend bool operator==(const TransitStatus&, const TransitStatus&) = default;
};

inline constexpr Duration kTransitInterval = 2s;
inline constexpr Duration kRecentTransits = 10s;

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
