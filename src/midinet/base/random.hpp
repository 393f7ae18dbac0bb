// A small seeded generator: the same seed gives the same run on every machine. Not for secrets.
#pragma once

#include <cstdint>

namespace midinet {

/// SplitMix64. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA
/// 2014). RT-safe.
class Random {
  public:
    explicit constexpr Random(std::uint64_t seed) noexcept : state_(seed) {}

    constexpr std::uint64_t next() noexcept { return mix(state_ += 0x9E3779B97F4A7C15ULL); }
    /// Range: 0 .. bound-1; bound > 0. The bias is below 2^-32 for the bounds used here.
    constexpr std::uint32_t below(std::uint32_t bound) noexcept {
        return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
    }
    /// True with the given probability. Range: 0..1.
    constexpr bool chance(double probability) noexcept { return unit() < probability; }
    /// Range: [0, 1).
    constexpr double unit() noexcept { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

    /// The generator's finaliser: a fast 64-bit mixing of any value.
    static constexpr std::uint64_t mix(std::uint64_t z) noexcept {
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }

  private:
    std::uint64_t state_;
};

}  // namespace midinet
