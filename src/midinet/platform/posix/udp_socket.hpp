// One bound UDP socket.
#pragma once

#include "io/datagram_socket.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <netinet/in.h>

namespace midinet::platform {

sockaddr_in to_sockaddr(io::Endpoint endpoint) noexcept;
io::Endpoint to_endpoint(const sockaddr_in& address) noexcept;

/// The sockets interface takes every address family through one pointer type: the cast lives here,
/// once.
const sockaddr* as_sockaddr(const sockaddr_in* address) noexcept;
sockaddr* as_sockaddr(sockaddr_in* address) noexcept;

class UdpSocket final : public io::DatagramSocket {
  public:
    /// Takes over a socket that is bound and non-blocking.
    static Result<std::unique_ptr<io::DatagramSocket>> adopt(FileDescriptor fd);

    io::Handle handle() const noexcept override { return fd_.get(); }
    io::Endpoint local() const noexcept override { return local_; }
    std::optional<io::Received> receive(std::span<std::byte> buffer) noexcept override;
    bool send(io::Endpoint to, ByteView bytes) noexcept override;

  private:
    UdpSocket(FileDescriptor fd, io::Endpoint local) noexcept : fd_(std::move(fd)), local_(local) {}

    FileDescriptor fd_;
    io::Endpoint local_;
};

}  // namespace midinet::platform
