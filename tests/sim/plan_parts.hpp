// What the makers of plans share.
#pragma once

#include "plan.hpp"

namespace midinet::simtest {

constexpr TimePoint kStart{Duration{1s}};

/// Evenly.
Duration between(Random& random, Duration low, Duration high);
/// Delays, and now and then duplicates.
platform::sim::Weather fair(Random& random);
platform::sim::Weather foul(Random& random, double most_loss);

Plan make_redundant_plan(std::uint64_t seed);

}  // namespace midinet::simtest
