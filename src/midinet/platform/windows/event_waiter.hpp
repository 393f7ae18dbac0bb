// Waiting for many things at once, on Windows.
#pragma once

#include "io/waiter.hpp"
#include "platform/windows/handle.hpp"
#include "platform/windows/winsock.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace midinet::platform {

/// A handle is a socket, or an event that is reset by hand. All sockets signal one event of the
/// waiter's (WSAEventSelect), and a poll then tells which of them: so there may be any number of
/// them, and they are level-triggered as io::Waiter wants. A socket may be watched by one waiter.
/// Deadlines are kept by a high-resolution timer (Windows 10, version 1803); without one they come
/// with the system's tick, up to 16 ms late.
class EventWaiter final : public io::Waiter {
  public:
    /// Events that can be watched beside the sockets, as the system waits for 64 things.
    static constexpr std::size_t kMostEvents = 60;

    static Result<std::unique_ptr<EventWaiter>> create();

    /// Errors: one event too many, or the handle is no such thing. An event is only read.
    Result<void> watch(io::Handle handle, io::Token token, bool read, bool write) override;
    void set_interest(io::Handle handle, io::Token token, bool read, bool write) noexcept override;
    void unwatch(io::Handle handle) noexcept override;
    std::size_t wait(TimePoint deadline, std::span<io::Ready> ready) noexcept override;
    void wake() noexcept override;

  private:
    struct Watched {
        io::Handle handle = io::kNoHandle;
        io::Token token = 0;
        bool is_socket = false;
        bool read = false;
        bool write = false;
    };
    /// What ended a block of the system's.
    enum class End : std::uint8_t { Woken, Timer, Something };

    EventWaiter(OwnedHandle wake, OwnedHandle sockets, OwnedHandle timer) noexcept;
    bool change(const Watched& wanted);
    void refresh();
    std::size_t collect(std::span<io::Ready> ready) noexcept;
    End block(TimePoint deadline) noexcept;
    void arm(TimePoint deadline) noexcept;

    OwnedHandle wake_;     ///< resets itself
    OwnedHandle sockets_;  ///< set by any socket's datagram
    OwnedHandle timer_;    ///< resets itself
    std::mutex mutex_;     ///< of watched_; held shortly
    std::vector<Watched> watched_;
    std::atomic<unsigned> changes_{1};

    // Of the waiting thread alone.
    unsigned seen_ = 0;  ///< as of which change the following are
    std::vector<WSAPOLLFD> polled_;
    std::vector<io::Token> polled_tokens_;
    std::vector<HANDLE> blocked_on_;  ///< wake_, timer_, sockets_, and the events
    std::vector<io::Token> event_tokens_;
    TimePoint armed_ = kNever;
};

}  // namespace midinet::platform
