// Ctrl-C, and whatever else ends a console's programs, through an event.
#pragma once

#include "io/signals.hpp"
#include "platform/windows/handle.hpp"

namespace midinet::platform {

/// Ctrl-C, Ctrl-Break, the console's closing and the user's logging off all say Stop; nothing says
/// Reload here. One of the process. Make it first thing in main.
class SignalInbox final : public io::Signals {
  public:
    static Result<SignalInbox> open();
    io::Handle handle() const noexcept override;
    std::optional<io::Signal> next() noexcept override;

  private:
    SignalInbox() = default;
};

}  // namespace midinet::platform
