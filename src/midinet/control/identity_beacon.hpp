// A host tells who it is: every five seconds, on change, and when asked.
#pragma once

#include "io/datagram_socket.hpp"
#include "wire/identity.hpp"

#include <memory>
#include <vector>

namespace midinet::control {

/// Thread: control.
class IdentityBeacon {
  public:
    /// Answers to questions are no closer than this.
    static constexpr Duration kMinInterval = 100ms;

    IdentityBeacon(io::Endpoint group, SenderId sender,
                   std::vector<std::unique_ptr<io::DatagramSocket>> sockets)
        : group_(group), sender_(sender), sockets_(std::move(sockets)) {}

    /// The identity from now on; sent at the next on_timer.
    void set(const wire::Identity& identity) {
        identity_ = identity;
        soon_ = true;
    }
    void asked() noexcept { soon_ = true; }
    void on_timer(TimePoint now);

  private:
    io::Endpoint group_;
    SenderId sender_;
    std::vector<std::unique_ptr<io::DatagramSocket>> sockets_;
    wire::Identity identity_;
    bool soon_ = false;
    TimePoint sent_{};
};

}  // namespace midinet::control
