// Ctrl-C, whatever else ends a console's programs, and the order to reload, through an event.
#pragma once

#include "io/signals.hpp"
#include "platform/windows/handle.hpp"

namespace midinet::platform {

/// Ctrl-C, Ctrl-Break, the console's closing and the user's logging off all say Stop. The event
/// "Local\MIDInet-reload-PID", of the process's number, says Reload when somebody sets it. One of
/// the process. Make it first thing in main. next() is called until there is nothing more.
class SignalInbox final : public io::Signals {
  public:
    static Result<SignalInbox> open();
    io::Handle handle() const noexcept override;
    std::optional<io::Signal> next() noexcept override;

  private:
    SignalInbox() = default;
};

}  // namespace midinet::platform
