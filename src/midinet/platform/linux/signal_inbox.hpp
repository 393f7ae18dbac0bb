// Signals through a descriptor.
#pragma once

#include "io/signals.hpp"
#include "platform/posix/file_descriptor.hpp"

namespace midinet::platform {

/// Blocks SIGTERM, SIGINT and SIGHUP in the calling thread, and all threads it starts later, and
/// reads them from a signalfd. SIGPIPE is ignored. Make it first thing in main.
class SignalInbox final : public io::Signals {
  public:
    static Result<SignalInbox> open();
    io::Handle handle() const noexcept override { return fd_.get(); }
    std::optional<io::Signal> next() noexcept override;

  private:
    explicit SignalInbox(FileDescriptor fd) noexcept : fd_(std::move(fd)) {}
    FileDescriptor fd_;
};

}  // namespace midinet::platform
