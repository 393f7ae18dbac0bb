// Signals through a kqueue.
#pragma once

#include "io/signals.hpp"
#include "platform/posix/file_descriptor.hpp"

namespace midinet::platform {

/// SIGTERM, SIGINT, SIGHUP and SIGPIPE do nothing of their own any more, in the whole process; the
/// first three are read from a kqueue, which sees signals that are ignored too. Its descriptor is
/// ready to be read when there is one. Make it first thing in main.
class SignalInbox final : public io::Signals {
  public:
    static Result<SignalInbox> open();
    io::Handle handle() const noexcept override { return queue_.get(); }
    /// One that came several times since it was asked for comes once.
    std::optional<io::Signal> next() noexcept override;

  private:
    explicit SignalInbox(FileDescriptor queue) noexcept : queue_(std::move(queue)) {}
    FileDescriptor queue_;
};

}  // namespace midinet::platform
