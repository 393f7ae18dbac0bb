// RFC 3376: a membership query is what a querier sends, to 224.0.0.1 or to the group it is about.
// The latter this machine may have left: the kernel gives it to nobody but a packet socket.
#include "platform/linux/local_machine.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
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

/// The show's own datagrams are many, and not to be looked at here.
bool take_igmp_alone(const FileDescriptor& socket) noexcept {
    constexpr std::uint32_t kProtocolAt = 9;  // in the IPv4 header
    std::array<sock_filter, 4> code{{{BPF_LD | BPF_B | BPF_ABS, 0, 0, kProtocolAt},
                                     {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, IPPROTO_IGMP},
                                     {BPF_RET | BPF_K, 0, 0, 0xFFFF},
                                     {BPF_RET | BPF_K, 0, 0, 0}}};
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    return ::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
}

bool hear_all_groups(const FileDescriptor& socket, unsigned interface) noexcept {
    packet_mreq wanted{};
    wanted.mr_ifindex = static_cast<int>(interface);
    wanted.mr_type = PACKET_MR_ALLMULTI;
    sockaddr_ll at{};
    at.sll_family = AF_PACKET;
    at.sll_protocol = htons(ETHERTYPE_IP);
    at.sll_ifindex = static_cast<int>(interface);
    const void* const address = &at;
    return ::setsockopt(socket.get(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &wanted, sizeof(wanted)) ==
               0 &&
           ::bind(socket.get(), static_cast<const sockaddr*>(address), sizeof(at)) == 0;
}

}  // namespace

Result<std::unique_ptr<io::QueryEar>> open_query_ear(const std::string& interface) {
    FileDescriptor socket(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket.valid() && (errno == EPERM || errno == EACCES))
        return fail("IGMP is heard by root alone (or with CAP_NET_RAW): run it with sudo");
    if (!socket.valid()) return fail_errno("hearing IGMP");
    if (!take_igmp_alone(socket) || !hear_all_groups(socket, ::if_nametoindex(interface.c_str())))
        return fail_errno("hearing IGMP on " + interface);
    return std::make_unique<RawQueryEar>(std::move(socket));
}

}  // namespace midinet::platform
