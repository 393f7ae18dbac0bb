// The machine's monotonic clock.
#pragma once

#include "io/clock.hpp"

namespace midinet::platform {

/// CLOCK_MONOTONIC, which stops while the machine is suspended. Thread: any. RT-safe (no system
/// call where the vDSO has it).
class SteadyClock final : public io::Clock {
  public:
    TimePoint now() const noexcept override;
};

}  // namespace midinet::platform
