#include "platform/windows/udp_options.hpp"

#include "io/socket_buffer.hpp"

#include <array>

namespace midinet::platform {
namespace {

constexpr auto kBufferBytes = static_cast<int>(io::kSocketBufferBytes);
/// SIO_UDP_CONNRESET of mstcpip.h, which old headers lack: off, so that a peer that went away
/// (ICMP: port unreachable) is no error of the next receive.
constexpr DWORD kUdpConnReset = IOC_IN | IOC_VENDOR | 12U;

template <typename T>
bool set_option(SOCKET socket, int level, int name, const T& value) noexcept {
    const void* const memory = &value;
    return ::setsockopt(socket, level, name, static_cast<const char*>(memory), sizeof value) == 0;
}

ip_mreq membership(std::uint32_t group, const Interface& on) noexcept {
    ip_mreq request{};
    request.imr_multiaddr.s_addr = ::htonl(group);
    request.imr_interface.s_addr = ::htonl(on.address);
    return request;
}

bool set_up(SOCKET socket, bool hears_group, bool shared) noexcept {
    const DWORD yes = 1;
    u_long not_blocking = 1;
    if (::ioctlsocket(socket, static_cast<long>(FIONBIO), &not_blocking) != 0) return false;
    BOOL off = FALSE;
    DWORD ignored = 0;
    ::WSAIoctl(socket, kUdpConnReset, &off, sizeof off, nullptr, 0, &ignored, nullptr, nullptr);
    set_option(socket, SOL_SOCKET, SO_RCVBUF, kBufferBytes);  // best effort, like the next one
    set_option(socket, SOL_SOCKET, SO_SNDBUF, kBufferBytes);
    // Here, unlike elsewhere, whoever receives decides on what comes from its own machine.
    set_option(socket, IPPROTO_IP, IP_MULTICAST_LOOP, yes);
    if (hears_group)
        return set_option(socket, SOL_SOCKET, SO_REUSEADDR, yes) &&
               set_option(socket, IPPROTO_IP, IP_PKTINFO, yes);
    return !shared || set_option(socket, SOL_SOCKET, SO_REUSEADDR, yes);
}

}  // namespace

OwnedSocket open_udp(bool hears_group, bool shared) noexcept {
    start_winsock();
    OwnedSocket socket(::WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, nullptr, 0,
                                    WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    if (socket.valid() && !set_up(socket.get(), hears_group, shared)) return OwnedSocket{};
    return socket;
}

bool join_group(SOCKET socket, std::uint32_t group, const Interface& on) noexcept {
    if (set_option(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, membership(group, on))) return true;
    const int why = ::WSAGetLastError();
    return why == WSAEADDRINUSE || why == WSAEINVAL;  // both are said of a member
}

void leave_group(SOCKET socket, std::uint32_t group, const Interface& on) noexcept {
    set_option(socket, IPPROTO_IP, IP_DROP_MEMBERSHIP, membership(group, on));
}

bool send_through(SOCKET socket, const Interface& on) noexcept {
    const DWORD address = ::htonl(on.address);
    const DWORD ttl = 1;
    if (!set_option(socket, IPPROTO_IP, IP_MULTICAST_IF, address) ||
        !set_option(socket, IPPROTO_IP, IP_MULTICAST_TTL, ttl))
        return false;
    // Best effort: unicast copies too leave here, even when the routing table knows no way.
    const DWORD index = ::htonl(on.index);
    set_option(socket, IPPROTO_IP, IP_UNICAST_IF, index);
    return true;
}

LPFN_WSARECVMSG receive_function(SOCKET socket) noexcept {
    GUID which = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG function = nullptr;
    DWORD size = 0;
    if (::WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &which, sizeof which, &function,
                   sizeof function, &size, nullptr, nullptr) != 0)
        return nullptr;
    return function;
}

}  // namespace midinet::platform
