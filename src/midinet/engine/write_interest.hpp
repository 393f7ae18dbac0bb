// Waits for a port's outputs exactly as long as something waits in them.
#pragma once

#include "base/types.hpp"
#include "io/virtual_port.hpp"

#include <bitset>

namespace midinet::engine {

/// Tells a waiter which outputs of a port to wait for. Thread: the engine's. RT-safe.
class WriteInterest {
  public:
    /// Lifetime: `waiter` outlives it.
    WriteInterest(io::Waiter& waiter, io::Token token) noexcept : waiter_(waiter), token_(token) {}

    /// A port that was opened. Gives how many of its handles could not be watched.
    std::size_t watch(const io::VirtualPort& port) noexcept {
        waited_.reset();
        std::size_t failed = 0;
        for (const auto handle : port.handles())
            if (!waiter_.watch(handle, token_, false, false)) ++failed;
        return failed;
    }
    /// A port that is given away.
    void unwatch(const io::VirtualPort& port) noexcept {
        for (const auto handle : port.handles()) waiter_.unwatch(handle);
    }
    /// After anything was written or flushed.
    void update(const io::VirtualPort& port) noexcept {
        const auto handles = port.handles();
        for (std::size_t output = 0; output < handles.size(); ++output) {
            if (port.wants_write(output) == waited_[output]) continue;
            waited_.flip(output);
            waiter_.set_interest(handles[output], token_, false, waited_[output]);
        }
    }

  private:
    io::Waiter& waiter_;
    io::Token token_;
    std::bitset<kMaxPorts> waited_;
};

}  // namespace midinet::engine
