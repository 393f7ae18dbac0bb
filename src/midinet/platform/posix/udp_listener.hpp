// A UDP port that hears IPv4 and IPv6.
#pragma once

#include "io/datagram_listener.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace midinet::platform {

class UdpListener final : public io::DatagramListener {
  public:
    /// One socket for both families; where this machine has no IPv6, for IPv4. The port is not
    /// shared: two listeners would each get a part. Port 0 = any free one. Errors: the port is
    /// taken, and how to find by whom; or what the system refused. Thread: control.
    static Result<std::unique_ptr<io::DatagramListener>> open(std::uint16_t port);

    io::Handle handle() const noexcept override { return fd_.get(); }
    io::IpEndpoint local() const noexcept override { return local_; }
    std::optional<io::Heard> receive(std::span<std::byte> buffer) noexcept override;

  private:
    UdpListener(FileDescriptor fd, io::IpEndpoint local) noexcept
        : fd_(std::move(fd)), local_(local) {}

    FileDescriptor fd_;
    io::IpEndpoint local_;
};

}  // namespace midinet::platform
