// The RPN and NRPN values of one channel: sorted, bounded, and forgetting in a way every observer
// can repeat.
#pragma once

#include "base/fixed_vector.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace midinet::midi {

struct Parameter {
    std::uint16_t key = 0;    ///< as in Cell::Parameter
    std::uint16_t value = 0;  ///< as in Cell::Parameter
    friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// RPN 0..7 always have room. Of all others the table holds 32; one more takes the place of the
/// next higher key (beyond the highest: of the lowest), never of a protected one. What is forgotten
/// depends only on what is known, not on the order it came in, so a receiver that was handed the
/// facts forgets the same as the sender that lived through them. And because the newcomer never is
/// the victim, writing a list of keys in ascending order, twice, leaves all of them known. RT-safe.
class ParameterTable {
  public:
    static constexpr std::uint16_t kProtected =
        8;  ///< bend range, tunings, MPE zones: few and vital
    static constexpr std::size_t kUnprotected = 32;

    /// Sorted by key. Lifetime: until the next put or erase.
    std::span<const Parameter> view() const noexcept { return table_.view(); }
    /// Null when unknown. Lifetime: until the next put or erase.
    const Parameter* find(std::uint16_t key) const noexcept;
    /// Stores a value. Returns the fact that is gone for it: the key's former value, or the one it
    /// displaced.
    std::optional<Parameter> put(Parameter parameter) noexcept;
    /// Forgets a key and returns what was known.
    std::optional<Parameter> erase(std::uint16_t key) noexcept;
    void clear() noexcept { table_.clear(); }

  private:
    Parameter* lower_bound(std::uint16_t key) noexcept;

    FixedVector<Parameter, kProtected + kUnprotected> table_;
};

}  // namespace midinet::midi
