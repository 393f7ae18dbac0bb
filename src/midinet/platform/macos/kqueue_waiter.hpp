// Waiting for many things at once, on macOS.
#pragma once

#include "io/waiter.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <memory>

namespace midinet::platform {

/// A deadline that has passed polls once. A handle with neither interest is not watched at all: a
/// hung-up one would otherwise be reported for ever. Hang-ups come as readable *and* writable, so
/// that its owner finds out. kqueue tells of reading and of writing apart; here a handle comes
/// once.
class KqueueWaiter final : public io::Waiter {
  public:
    static Result<std::unique_ptr<KqueueWaiter>> create();

    Result<void> watch(io::Handle handle, io::Token token, bool read, bool write) override;
    void set_interest(io::Handle handle, io::Token token, bool read, bool write) noexcept override;
    void unwatch(io::Handle handle) noexcept override;
    std::size_t wait(TimePoint deadline, std::span<io::Ready> ready) noexcept override;
    void wake() noexcept override;

  private:
    explicit KqueueWaiter(FileDescriptor queue) noexcept : queue_(std::move(queue)) {}
    bool change(io::Handle handle, io::Token token, bool read, bool write) noexcept;

    FileDescriptor queue_;
};

}  // namespace midinet::platform
