// What a UDP socket was opened for, and keeping it there while network interfaces come and go.
#pragma once

#include "base/result.hpp"
#include "io/datagram_socket.hpp"
#include "platform/posix/interfaces.hpp"
#include "platform/windows/winsock.hpp"

#include <mswsock.h>

#include <atomic>
#include <memory>
#include <string>

namespace midinet::platform {

struct UdpPurpose {
    io::Endpoint at;        ///< the group to hear; or address 0 and the port to bind, 0 = any
    std::string interface;  ///< by its name, as configured
    bool shared = false;    ///< several processes may hold the port
    bool is_group() const noexcept { return at.address != 0; }
};

/// A place among the sockets that lasts, whatever happens to its interface: unplugged and plugged
/// again (another index), renamed, another address, or a switch that forgot the membership. While
/// the interface is missing it neither hears nor sends. A socket that has to be replaced is kept
/// until the next replacement, as the engine may be reading it.
/// Thread: control, but for what is marked otherwise.
class UdpSeat {
  public:
    /// Not on its interface yet. Errors: no socket; a group that cannot be bound.
    static Result<std::shared_ptr<UdpSeat>> open(const UdpPurpose& purpose);

    /// Takes its place on `on`. Errors: what the system refuses; a later `tend` tries again.
    Result<void> settle(const Interface& on);

    struct Tended {
        bool replaced = false;  ///< the handle means another socket: it has to be watched again
        bool moved = false;  ///< its interface is another one than before, or has another address
    };
    /// To be called about once a second with the interfaces there are.
    Tended tend(const std::vector<Interface>& all) noexcept;
    /// A group's: leaves it, and joins it again.
    void leave() noexcept;
    void rejoin() noexcept;
    /// Changes with every datagram that was taken, or is `unread`.
    std::uint64_t received() const noexcept { return received_.load(std::memory_order_relaxed); }
    bool unread() const noexcept;

    const UdpPurpose& purpose() const noexcept { return purpose_; }
    const Interface& interface() const noexcept { return on_; }
    /// Of this socket, once it has a place. Its port never changes.
    io::Endpoint local() const noexcept { return local_; }

    /// Thread: any. RT-safe.
    SOCKET socket() const noexcept { return live_.load(std::memory_order_acquire); }
    LPFN_WSARECVMSG receive_call() const noexcept { return receive_; }
    /// The system's number of the interface that is meant; 0: none.
    unsigned index() const noexcept { return index_.load(std::memory_order_relaxed); }
    bool settled() const noexcept { return settled_.load(std::memory_order_relaxed); }
    void count_received() noexcept { received_.fetch_add(1, std::memory_order_relaxed); }

  private:
    UdpSeat(UdpPurpose purpose, OwnedSocket socket) noexcept;
    std::string doing() const;
    Result<void> bind_to(SOCKET socket, io::Endpoint endpoint) const;
    Result<void> take_place(SOCKET socket, const Interface& on) const;
    Result<void> read_local();
    bool replace(const Interface& on) noexcept;
    void sit(const Interface& on) noexcept;

    UdpPurpose purpose_;
    OwnedSocket owned_;
    OwnedSocket retired_;  ///< the one before
    LPFN_WSARECVMSG receive_;
    Interface on_;  ///< index 0: none
    io::Endpoint local_;
    std::atomic<SOCKET> live_;
    std::atomic<unsigned> index_{0};
    std::atomic<bool> settled_{false};
    std::atomic<std::uint64_t> received_{0};
};

}  // namespace midinet::platform
