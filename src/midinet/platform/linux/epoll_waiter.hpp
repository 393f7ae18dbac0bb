// Waiting for many things at once, on Linux.
#pragma once

#include "io/waiter.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <sys/epoll.h>

#include <memory>

namespace midinet::platform {

/// How precisely a wait ends. Milliseconds is what kernels before 5.11 offer; Nanoseconds turns
/// into it by itself there.
enum class WaitPrecision : std::uint8_t { Nanoseconds, Milliseconds };

/// Units: milliseconds, rounded up so that a wait never ends before its deadline; 0 when it has
/// passed.
int whole_milliseconds(Duration remaining) noexcept;

/// A deadline that has passed polls once. A handle with neither interest is not watched at all: a
/// hung-up one would otherwise be reported for ever. Hang-ups and errors come as readable *and*
/// writable, so that its owner finds out.
class EpollWaiter final : public io::Waiter {
  public:
    static Result<std::unique_ptr<EpollWaiter>> create(
        WaitPrecision precision = WaitPrecision::Nanoseconds);

    Result<void> watch(io::Handle handle, io::Token token, bool read, bool write) override;
    void set_interest(io::Handle handle, io::Token token, bool read, bool write) noexcept override;
    void unwatch(io::Handle handle) noexcept override;
    std::size_t wait(TimePoint deadline, std::span<io::Ready> ready) noexcept override;
    void wake() noexcept override;

  private:
    struct Sorted {
        std::size_t filled = 0;
        bool woken = false;
        bool timer = false;
    };
    EpollWaiter(FileDescriptor epoll, FileDescriptor event, FileDescriptor timer,
                WaitPrecision precision) noexcept
        : epoll_(std::move(epoll)),
          event_(std::move(event)),
          timer_(std::move(timer)),
          precision_(precision) {}
    bool change(io::Handle handle, io::Token token, bool read, bool write) noexcept;
    void arm(TimePoint deadline) noexcept;
    Sorted sort(std::span<const epoll_event> events, std::span<io::Ready> ready) noexcept;

    FileDescriptor epoll_;
    FileDescriptor event_;
    FileDescriptor timer_;
    WaitPrecision precision_;   ///< of the waiting thread alone
    TimePoint armed_ = kNever;  ///< when the timer goes off; of the waiting thread alone
};

}  // namespace midinet::platform
