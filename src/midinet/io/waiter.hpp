// The one wait of an engine thread.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace midinet::io {

/// A pollable thing of the platform (a file descriptor on POSIX); kNoHandle = none.
using Handle = int;
inline constexpr Handle kNoHandle = -1;

/// What the engine is told when something is ready: the number it was watched under.
using Token = std::uint32_t;

struct Ready {
    Token token = 0;
    bool readable = false;
    bool writable = false;
};

class Waiter {
  public:
    virtual ~Waiter() = default;
    /// Level-triggered; kNoHandle is taken, and never ready. Watching a handle again changes its
    /// token and interest. Thread: any; not RT-safe (a syscall).
    virtual Result<void> watch(Handle handle, Token token, bool read, bool write) = 0;
    /// Thread: any. RT-safe (one syscall, does not block).
    virtual void set_interest(Handle handle, Token token, bool read, bool write) noexcept = 0;
    virtual void unwatch(Handle handle) noexcept = 0;
    /// Blocks until something is ready, `deadline` passes or `wake` is called. Gives how many of
    /// `ready` were filled. Thread: the engine's. RT-safe.
    virtual std::size_t wait(TimePoint deadline, std::span<Ready> ready) noexcept = 0;
    /// Ends a wait, now or the next one. Thread: any. RT-safe.
    virtual void wake() noexcept = 0;
};

}  // namespace midinet::io
