#include "platform/windows/udp_socket.hpp"

#include <array>
#include <cstring>

namespace midinet::platform {
namespace {

/// A pending error (say, the link went down) is reported by one receive, and the datagrams behind
/// it by the next. Datagrams that were meant for another socket of the port take a turn each.
constexpr int kReceiveTries = 16;

/// Where a datagram was sent to, and by which interface it came.
struct Came {
    std::uint32_t to = 0;  ///< host order; 0: the system did not say
    unsigned index = 0;
};

struct Message {
    sockaddr_in from{};
    WSABUF data{};
    alignas(WSACMSGHDR) std::array<char, 128> control{};
    WSAMSG header{};

    explicit Message(std::span<std::byte> buffer) noexcept {
        data.len = static_cast<ULONG>(buffer.size());
        data.buf = static_cast<char*>(static_cast<void*>(buffer.data()));
        header.name = as_sockaddr(&from);
        header.namelen = sizeof from;
        header.lpBuffers = &data;
        header.dwBufferCount = 1;
        header.Control = {.len = static_cast<ULONG>(control.size()), .buf = control.data()};
    }
    Came came() noexcept {
        for (auto* at = WSA_CMSG_FIRSTHDR(&header); at != nullptr;
             at = WSA_CMSG_NXTHDR(&header, at)) {
            if (at->cmsg_level != IPPROTO_IP || at->cmsg_type != IP_PKTINFO) continue;
            IN_PKTINFO info{};
            std::memcpy(&info, WSA_CMSG_DATA(at), sizeof info);
            return {::ntohl(info.ipi_addr.s_addr), info.ipi_ifindex};
        }
        return {};
    }
};

}  // namespace

std::optional<io::Received> UdpSocket::receive(std::span<std::byte> buffer) noexcept {
    const auto& purpose = seat_->purpose();
    for (int tries = 0; tries < kReceiveTries; ++tries) {
        Message message(buffer);
        DWORD size = 0;
        const int result =
            seat_->receive_call()(seat_->socket(), &message.header, &size, nullptr, nullptr);
        const int why = result == 0 ? 0 : ::WSAGetLastError();
        if (why == WSAEWOULDBLOCK) return std::nullopt;
        if (why == WSAEMSGSIZE) size = message.data.len;  // it was longer, and is cut
        if (why != 0 && why != WSAEMSGSIZE) continue;
        const Came came = purpose.is_group() ? message.came() : Came{};
        if (came.to != 0 && (came.to != purpose.at.address || came.index != seat_->index()))
            continue;
        seat_->count_received();
        return io::Received{buffer.first(size), to_endpoint(message.from)};
    }
    return std::nullopt;
}

bool UdpSocket::send(io::Endpoint to, ByteView bytes) noexcept {
    if (!seat_->settled()) return false;  // it would leave wherever the routing table says
    const sockaddr_in address = to_sockaddr(to);
    const void* const memory = bytes.data();
    const int n =
        ::sendto(seat_->socket(), static_cast<const char*>(memory), static_cast<int>(bytes.size()),
                 0, as_sockaddr(&address), sizeof address);
    return n == static_cast<int>(bytes.size());
}

}  // namespace midinet::platform
