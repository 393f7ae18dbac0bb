#include "platform/windows/winsock.hpp"

#include "platform/windows/handle.hpp"

namespace midinet::platform {

void start_winsock() noexcept {
    // Never cleaned up: sockets of static lifetime may outlive whatever would do it.
    static const int started = [] {
        WSADATA about{};
        return ::WSAStartup(MAKEWORD(2, 2), &about);
    }();
    static_cast<void>(started);
}

tl::unexpected<Error> fail_winsock(const std::string& doing) {
    return fail_windows(doing, static_cast<DWORD>(::WSAGetLastError()));
}

sockaddr_in to_sockaddr(io::Endpoint endpoint) noexcept {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = ::htons(endpoint.port);
    address.sin_addr.s_addr = ::htonl(endpoint.address);
    return address;
}

io::Endpoint to_endpoint(const sockaddr_in& address) noexcept {
    return {::ntohl(address.sin_addr.s_addr), ::ntohs(address.sin_port)};
}

const sockaddr* as_sockaddr(const sockaddr_in* address) noexcept {
    return static_cast<const sockaddr*>(static_cast<const void*>(address));
}

sockaddr* as_sockaddr(sockaddr_in* address) noexcept {
    return static_cast<sockaddr*>(static_cast<void*>(address));
}

}  // namespace midinet::platform
