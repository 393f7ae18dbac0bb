// RFC 3376: a membership query is what a querier sends, to 224.0.0.1 mostly.
#include "platform/linux/local_machine.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <netinet/igmp.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace midinet::platform {
namespace {

class RawQueryEar final : public io::QueryEar {
  public:
    explicit RawQueryEar(FileDescriptor socket) noexcept : socket_(std::move(socket)) {}
    io::Handle handle() const noexcept override { return socket_.get(); }
    std::optional<std::uint32_t> take() override {
        std::array<std::uint8_t, 2048> packet{};
        for (;;) {
            const auto got = ::recv(socket_.get(), packet.data(), packet.size(), MSG_DONTWAIT);
            if (got < 0) return std::nullopt;
            // The header's length, in words of four bytes, is in its first byte's lower half.
            const std::size_t header = std::size_t{packet[0] & 0x0FU} * 4;
            if (header < sizeof(iphdr) || static_cast<std::size_t>(got) < header + 8) continue;
            if (packet[header] != IGMP_MEMBERSHIP_QUERY) continue;
            std::uint32_t from = 0;
            for (std::size_t i = 12; i < 16; ++i) from = from << 8U | packet[i];
            return from;
        }
    }

  private:
    FileDescriptor socket_;
};

}  // namespace

Result<std::unique_ptr<io::QueryEar>> open_query_ear(const std::string& interface) {
    FileDescriptor socket(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_IGMP));
    if (!socket.valid() && (errno == EPERM || errno == EACCES))
        return fail("IGMP is heard by root alone (or with CAP_NET_RAW): run it with sudo");
    if (!socket.valid()) return fail_errno("hearing IGMP");
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(),
                     static_cast<socklen_t>(interface.size())) != 0)
        return fail_errno("hearing IGMP on " + interface);
    return std::make_unique<RawQueryEar>(std::move(socket));
}

}  // namespace midinet::platform
