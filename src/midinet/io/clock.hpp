#pragma once

#include "base/time.hpp"

namespace midinet::io {

/// The only maker of time. Thread: any. RT-safe.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual TimePoint now() const noexcept = 0;
};

}  // namespace midinet::io
