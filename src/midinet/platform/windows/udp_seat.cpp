#include "platform/windows/udp_seat.hpp"

#include "platform/windows/udp_options.hpp"

#include <algorithm>
#include <utility>

namespace midinet::platform {
namespace {

std::string port_busy_advice(std::uint16_t port) {
    return "; another program holds the port: `Get-NetUDPEndpoint -LocalPort " +
           std::to_string(port) + "` in PowerShell says which one";
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

UdpSeat::UdpSeat(UdpPurpose purpose, OwnedSocket socket) noexcept
    : purpose_(std::move(purpose)),
      owned_(std::move(socket)),
      receive_(owned_.valid() ? receive_function(owned_.get()) : nullptr),
      live_(owned_.get()) {}

Result<std::shared_ptr<UdpSeat>> UdpSeat::open(const UdpPurpose& purpose) {
    auto socket = open_udp(purpose.is_group(), purpose.shared);
    std::shared_ptr<UdpSeat> seat(new UdpSeat(purpose, std::move(socket)));
    if (!seat->owned_.valid()) return fail_winsock(seat->doing() + ": no socket");
    if (seat->receive_ == nullptr)
        return fail_winsock(seat->doing() + ": Winsock has no WSARecvMsg");
    if (!purpose.is_group()) return seat;
    // A group is no address to bind to here: what else arrives at the port is told apart by where
    // it was sent to.
    if (auto bound = seat->bind_to(seat->socket(), {0, purpose.at.port}); !bound)
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

Result<void> UdpSeat::bind_to(SOCKET socket, io::Endpoint endpoint) const {
    const sockaddr_in address = to_sockaddr(endpoint);
    if (::bind(socket, as_sockaddr(&address), sizeof address) == 0) return {};
    const int why = ::WSAGetLastError();
    auto failed = fail_winsock(doing() + ": cannot bind to " + io::to_string(endpoint));
    if (why == WSAEADDRINUSE || why == WSAEACCES)
        failed.value().message += port_busy_advice(endpoint.port);
    return failed;
}

Result<void> UdpSeat::take_place(SOCKET socket, const Interface& on) const {
    if (purpose_.is_group()) {
        if (join_group(socket, purpose_.at.address, on)) return {};
        return fail_winsock(doing() + ": cannot join the group");
    }
    if (!send_through(socket, on))
        return fail_winsock(doing() + ": cannot send multicast through it");
    // The port it once had is the one others know.
    const auto port = local_.port != 0 ? local_.port : purpose_.at.port;
    if (socket == owned_.get() && on_.index != 0) return {};  // bound already
    return bind_to(socket, {on.address, port});
}

Result<void> UdpSeat::read_local() {
    sockaddr_in bound{};
    int size = sizeof bound;
    if (::getsockname(socket(), as_sockaddr(&bound), &size) != 0)
        return fail_winsock("asking a socket for its address");
    local_ = to_endpoint(bound);
    return {};
}

void UdpSeat::sit(const Interface& on) noexcept {
    on_ = on;
    index_.store(on.index, std::memory_order_relaxed);
}

Result<void> UdpSeat::settle(const Interface& on) {
    if (auto placed = take_place(socket(), on); !placed) return placed;
    if (auto read = read_local(); !read) return read;
    sit(on);
    settled_.store(true, std::memory_order_relaxed);
    return {};
}

/// The address a socket is bound to cannot be changed: another socket takes its seat.
bool UdpSeat::replace(const Interface& on) noexcept {
    auto fresh = open_udp(purpose_.is_group(), purpose_.shared);
    if (!fresh.valid() || !take_place(fresh.get(), on)) return false;
    retired_ = std::exchange(owned_, std::move(fresh));
    live_.store(owned_.get(), std::memory_order_release);
    sit(on);
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
    if (readdressed) {  // a membership names its interface by the address
        leave();
        on_ = *on;
        rejoin();
    }
    return {.replaced = false, .moved = readdressed};
}

bool UdpSeat::unread() const noexcept {
    u_long waiting = 0;
    return ::ioctlsocket(socket(), static_cast<long>(FIONREAD), &waiting) == 0 && waiting > 0;
}

void UdpSeat::leave() noexcept { leave_group(socket(), purpose_.at.address, on_); }

void UdpSeat::rejoin() noexcept {
    if (!join_group(socket(), purpose_.at.address, on_)) on_.index = 0;  // the next tend() joins
}

}  // namespace midinet::platform
