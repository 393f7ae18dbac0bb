// What the operating system asks of a daemon.
#pragma once

#include "io/waiter.hpp"

#include <cstdint>
#include <optional>

namespace midinet::io {

enum class Signal : std::uint8_t {
    Stop,    ///< SIGTERM, SIGINT: end in good order
    Reload,  ///< SIGHUP: read the configuration again
};

/// Signals as things to wait for. Thread: control.
class Signals {
  public:
    virtual ~Signals() = default;
    virtual Handle handle() const noexcept = 0;
    virtual std::optional<Signal> next() noexcept = 0;
};

}  // namespace midinet::io
