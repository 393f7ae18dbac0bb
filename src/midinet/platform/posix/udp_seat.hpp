// What a UDP socket was opened for, and keeping it there while network interfaces come and go.
#pragma once

#include "base/result.hpp"
#include "io/datagram_socket.hpp"
#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/interfaces.hpp"

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

/// A socket that stays the same handle for as long as it lives, whatever happens to its interface:
/// unplugged and plugged again (another index), renamed, another address, or a switch that forgot
/// the membership. While the interface is missing it neither hears nor sends.
/// Thread: control, but for what is marked otherwise.
class UdpSeat {
  public:
    /// Not on its interface yet. Errors: no socket; a group that cannot be bound.
    static Result<std::shared_ptr<UdpSeat>> open(const UdpPurpose& purpose);

    /// Takes its place on `on`. Errors: what the kernel refuses; a later `tend` tries again.
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
    int fd() const noexcept { return fd_.get(); }
    bool settled() const noexcept { return settled_.load(std::memory_order_relaxed); }
    void count_received() noexcept { received_.fetch_add(1, std::memory_order_relaxed); }

  private:
    UdpSeat(UdpPurpose purpose, FileDescriptor fd) noexcept
        : purpose_(std::move(purpose)), fd_(std::move(fd)) {}
    std::string doing() const;
    Result<void> bind_to(int fd, io::Endpoint endpoint) const;
    Result<void> take_place(int fd, const Interface& on) const;
    Result<void> read_local();
    bool replace(const Interface& on) noexcept;

    UdpPurpose purpose_;
    FileDescriptor fd_;
    Interface on_;  ///< index 0: none
    io::Endpoint local_;
    std::atomic<bool> settled_{false};
    std::atomic<std::uint64_t> received_{0};
};

}  // namespace midinet::platform
