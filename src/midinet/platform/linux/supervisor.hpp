// The service manager that started this process, as far as it wants to hear of it.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <optional>
#include <string_view>

namespace midinet::platform {

/// Speaks the protocol of sd_notify(3): datagrams to the socket that NOTIFY_SOCKET names. Thread:
/// any but a hot one.
class Supervisor {
  public:
    /// By the environment; nothing where nobody supervises. Errors: what is named there can be no
    /// socket. Thread: before there is another one.
    static Result<std::optional<Supervisor>> from_environment();

    /// Lines of NAME=VALUE, as in "READY=1". Never waits; what does not get through is lost.
    void tell(std::string_view state) const noexcept;
    /// How long this process may be silent until it is restarted; nothing: for ever. Range: above
    /// 0.
    std::optional<Duration> patience() const noexcept { return patience_; }

  private:
    Supervisor() = default;
    FileDescriptor socket_;
    /// Said anew with every datagram: the manager may be started anew, too.
    sockaddr_un address_{};
    socklen_t address_size_ = 0;
    std::optional<Duration> patience_;
};

}  // namespace midinet::platform
