#include "platform/posix/udp_listener.hpp"

#include "platform/posix/advice.hpp"
#include "platform/posix/new_socket.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace midinet::platform {
namespace {

/// A pending error is reported by one receive, and the datagrams behind it by the next.
constexpr int kReceiveTries = 3;

/// An address of either family, as the sockets interface passes it.
class AnyAddress {
  public:
    static AnyAddress wildcard(int family, std::uint16_t port) noexcept {
        AnyAddress any;
        any.storage_.ss_family = static_cast<sa_family_t>(family);
        // The wildcards of both families are zeros, and so is an absent zone.
        if (family == AF_INET6)
            any.as<sockaddr_in6>()->sin6_port = htons(port);
        else
            any.as<sockaddr_in>()->sin_port = htons(port);
        any.size_ = family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
        return any;
    }

    sockaddr* get() noexcept { return as<sockaddr>(); }
    socklen_t& size() noexcept { return size_; }

    io::IpEndpoint endpoint() noexcept {
        if (storage_.ss_family == AF_INET) {
            const auto* const ipv4 = as<sockaddr_in>();
            return {io::IpAddress::from_ipv4(ntohl(ipv4->sin_addr.s_addr)), ntohs(ipv4->sin_port)};
        }
        const auto* const ipv6 = as<sockaddr_in6>();
        io::IpAddress::Bytes bytes{};
        std::copy(std::begin(ipv6->sin6_addr.s6_addr), std::end(ipv6->sin6_addr.s6_addr),
                  bytes.begin());
        return {io::IpAddress{bytes}, ntohs(ipv6->sin6_port)};
    }

  private:
    /// sockaddr_storage is made to be seen as any of them (POSIX, <sys/socket.h>).
    template <typename T>
    T* as() noexcept {
        return static_cast<T*>(static_cast<void*>(&storage_));
    }

    sockaddr_storage storage_{};
    socklen_t size_ = sizeof storage_;
};

std::string busy_advice(std::uint16_t port) {
    return "; another program holds the port: `" + who_holds_port(port) + "` says which one";
}

/// Whether the system says that it has no IPv6, rather than that we may not.
bool lacks_family(int error) noexcept {
    return error == EAFNOSUPPORT || error == EPROTONOSUPPORT || error == EADDRNOTAVAIL ||
           error == ENOPROTOOPT;
}

/// A socket bound to every address of `family`, for AF_INET6 of both; or errno.
FileDescriptor bind_any(int family, std::uint16_t port) noexcept {
    FileDescriptor fd = new_socket(family, SOCK_DGRAM, IPPROTO_UDP);
    if (!fd.valid()) return {};
    const int no = 0;
    AnyAddress address = AnyAddress::wildcard(family, port);
    const bool bound = (family != AF_INET6 ||
                        ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) == 0) &&
                       ::bind(fd.get(), address.get(), address.size()) == 0;
    if (bound) return fd;
    const int error = errno;
    fd.close();
    errno = error;
    return {};
}

}  // namespace

Result<std::unique_ptr<io::DatagramListener>> UdpListener::open(std::uint16_t port) {
    const std::string doing = "listening on UDP port " + std::to_string(port);
    FileDescriptor fd = bind_any(AF_INET6, port);
    if (!fd.valid() && lacks_family(errno)) fd = bind_any(AF_INET, port);
    if (!fd.valid()) {
        const bool busy = errno == EADDRINUSE;
        auto failed = fail_errno(doing);
        if (busy) failed.value().message += busy_advice(port);
        return failed;
    }
    AnyAddress bound;
    if (::getsockname(fd.get(), bound.get(), &bound.size()) != 0)
        return fail_errno(doing + ": asking for the address");
    return std::unique_ptr<io::DatagramListener>(new UdpListener(std::move(fd), bound.endpoint()));
}

std::optional<io::Heard> UdpListener::receive(std::span<std::byte> buffer) noexcept {
    for (int tries = 0; tries < kReceiveTries; ++tries) {
        AnyAddress from;
        const ssize_t n =
            ::recvfrom(fd_.get(), buffer.data(), buffer.size(), 0, from.get(), &from.size());
        if (n >= 0) return io::Heard{buffer.first(static_cast<std::size_t>(n)), from.endpoint()};
        if (errno == EAGAIN) return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace midinet::platform
