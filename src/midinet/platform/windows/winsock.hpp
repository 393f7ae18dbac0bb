// The system's sockets.
#pragma once

#include "base/result.hpp"
#include "io/datagram_socket.hpp"
#include "io/waiter.hpp"

#include <windows.h>

#include <string>
#include <utility>
#include <winsock2.h>
#include <ws2tcpip.h>

namespace midinet::platform {

/// Owns one SOCKET and closes it. Move-only.
class OwnedSocket {
  public:
    OwnedSocket() noexcept = default;
    explicit OwnedSocket(SOCKET socket) noexcept : socket_(socket) {}
    OwnedSocket(OwnedSocket&& other) noexcept
        : socket_(std::exchange(other.socket_, INVALID_SOCKET)) {}
    OwnedSocket& operator=(OwnedSocket&& other) noexcept {
        std::swap(socket_, other.socket_);
        return *this;
    }
    ~OwnedSocket() {
        if (valid()) ::closesocket(socket_);
    }

    SOCKET get() const noexcept { return socket_; }
    bool valid() const noexcept { return socket_ != INVALID_SOCKET; }

  private:
    SOCKET socket_ = INVALID_SOCKET;
};

/// See to_io(HANDLE): a socket is such a handle.
inline io::Handle to_io(SOCKET socket) noexcept { return static_cast<io::Handle>(socket); }
inline SOCKET to_socket(io::Handle handle) noexcept {
    return static_cast<SOCKET>(static_cast<std::intptr_t>(handle));
}

/// To be called before anything of Winsock; costs nothing from the second time on. Thread: any.
void start_winsock() noexcept;

/// An Error "<doing>: <what the system says>", from WSAGetLastError() as it was on the call.
tl::unexpected<Error> fail_winsock(const std::string& doing);

sockaddr_in to_sockaddr(io::Endpoint endpoint) noexcept;
io::Endpoint to_endpoint(const sockaddr_in& address) noexcept;
/// The sockets interface takes every address family through one pointer type: the cast lives here,
/// once.
const sockaddr* as_sockaddr(const sockaddr_in* address) noexcept;
sockaddr* as_sockaddr(sockaddr_in* address) noexcept;

}  // namespace midinet::platform
