#include "platform/posix/udp_seat.hpp"

#include "platform/posix/advice.hpp"
#include "platform/posix/new_socket.hpp"
#include "platform/posix/udp_options.hpp"
#include "platform/posix/udp_socket.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace midinet::platform {
namespace {

std::string port_busy_advice(std::uint16_t port) {
    return "; another program holds the port: `" + who_holds_port(port) + "` says which one";
}

/// By its name; or, renamed since, by its number.
const Interface* find_again(const std::vector<Interface>& all, const std::string& name,
                            unsigned index) noexcept {
    const auto named =
        std::find_if(all.begin(), all.end(), [&](const Interface& i) { return i.name == name; });
    if (named != all.end()) return &*named;
    const auto numbered =
        std::find_if(all.begin(), all.end(), [&](const Interface& i) { return i.index == index; });
    return numbered != all.end() ? &*numbered : nullptr;
}

}  // namespace

Result<std::shared_ptr<UdpSeat>> UdpSeat::open(const UdpPurpose& purpose) {
    auto fd = open_udp(purpose.is_group(), purpose.shared);
    std::shared_ptr<UdpSeat> seat(new UdpSeat(purpose, std::move(fd)));
    if (!seat->fd_.valid()) return fail_errno(seat->doing() + ": no socket");
    if (!purpose.is_group()) return seat;
    if (auto bound = seat->bind_to(seat->fd(), purpose.at); !bound)
        return tl::unexpected(bound.error());
    return seat;
}

std::string UdpSeat::doing() const {
    const std::string what = purpose_.is_group() ? "opening group " + io::to_string(purpose_.at)
                             : purpose_.at.port > 0
                                 ? "opening UDP port " + std::to_string(purpose_.at.port)
                                 : std::string("opening a UDP socket");
    return what + " on \"" + purpose_.interface + "\"";
}

Result<void> UdpSeat::bind_to(int fd, io::Endpoint endpoint) const {
    const sockaddr_in address = to_sockaddr(endpoint);
    if (::bind(fd, as_sockaddr(&address), sizeof address) == 0) return {};
    const bool busy = errno == EADDRINUSE;
    auto failed = fail_errno(doing() + ": cannot bind to " + io::to_string(endpoint));
    if (busy) failed.value().message += port_busy_advice(endpoint.port);
    return failed;
}

Result<void> UdpSeat::take_place(int fd, const Interface& on) const {
    if (purpose_.is_group()) {
        if (join_group(fd, purpose_.at.address, on)) return {};
        return fail_errno(doing() + ": cannot join the group");
    }
    if (!send_through(fd, on)) return fail_errno(doing() + ": cannot send multicast through it");
    // The port it once had is the one others know.
    const auto port = local_.port != 0 ? local_.port : purpose_.at.port;
    if (fd == fd_.get() && on_.index != 0) return {};  // bound already
    return bind_to(fd, {on.address, port});
}

Result<void> UdpSeat::read_local() {
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(fd(), as_sockaddr(&bound), &size) != 0)
        return fail_errno("asking a socket for its address");
    local_ = to_endpoint(bound);
    return {};
}

Result<void> UdpSeat::settle(const Interface& on) {
    if (auto placed = take_place(fd(), on); !placed) return placed;
    if (auto read = read_local(); !read) return read;
    on_ = on;
    settled_.store(true, std::memory_order_relaxed);
    return {};
}

/// The address a socket is bound to cannot be changed: another socket takes over its handle.
bool UdpSeat::replace(const Interface& on) noexcept {
    const auto fresh = open_udp(purpose_.is_group(), purpose_.shared);
    if (!fresh.valid() || !take_place(fresh.get(), on)) return false;
    if (!take_number(fresh.get(), fd())) return false;
    on_ = on;
    return read_local().has_value();
}

UdpSeat::Tended UdpSeat::tend(const std::vector<Interface>& all) noexcept {
    const Interface* on = find_again(all, purpose_.interface, on_.index);
    if (on == nullptr || !on->up || on->address == 0) return {};
    const bool readdressed = on->address != on_.address && on_.index != 0;
    if (readdressed && !purpose_.is_group()) {
        const bool replaced = replace(*on);
        return {.replaced = replaced, .moved = replaced};
    }
    if (on->index != on_.index) return {.replaced = false, .moved = settle(*on).has_value()};
    on_ = *on;
    return {.replaced = false, .moved = readdressed};
}

bool UdpSeat::unread() const noexcept {
    int waiting = 0;
    return ::ioctl(fd(), FIONREAD, &waiting) == 0 && waiting > 0;
}

void UdpSeat::leave() noexcept { leave_group(fd(), purpose_.at.address, on_); }

void UdpSeat::rejoin() noexcept {
    if (!join_group(fd(), purpose_.at.address, on_)) on_.index = 0;  // the next tend() joins
}

}  // namespace midinet::platform
