// The bare path: the same processes, hops and kind of wait as midi-host and midi-client, doing
// nothing but wait, read, send, receive, write.
//   bare_path host   IN_FIFO  [--blocking]
//   bare_path client OUT_FIFO [--blocking]
// `--blocking` waits in read and recv themselves, with no epoll.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

/// The two kinds must not hear each other.
constexpr std::uint16_t kWaitingPort = 5994;
constexpr std::uint16_t kBlockingPort = 5995;
constexpr const char* kGroup = "239.69.83.94";

/// The same scheduling that the real engine threads get.
void enter_realtime() {
    sched_param param{};
    param.sched_priority = 80;
    if (::sched_setscheduler(0, SCHED_FIFO, &param) != 0)
        std::fprintf(stderr, "bare_path: no SCHED_FIFO\n");
    (void)::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
}

sockaddr_in group_address(bool blocking) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(blocking ? kBlockingPort : kWaitingPort);
    ::inet_pton(AF_INET, kGroup, &address.sin_addr);
    return address;
}

int open_sender() {
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    in_addr loopback{htonl(INADDR_LOOPBACK)};
    (void)::setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback);
    return fd;
}

int open_receiver(bool blocking) {
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int yes = 1;
    (void)::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const sockaddr_in address = group_address(blocking);
    ip_mreq request{address.sin_addr, {htonl(INADDR_LOOPBACK)}};
    if (::bind(fd, static_cast<const sockaddr*>(static_cast<const void*>(&address)),
               sizeof address) != 0 ||
        ::setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) != 0)
        std::perror("bare_path");
    return fd;
}

void wait_for(int epoll) {
    epoll_event event{};
    (void)::epoll_wait(epoll, &event, 1, -1);
}

/// Forwards from `in` to `out` until something fails.
template <typename Take, typename Give>
int relay(int in, bool blocking, Take take, Give give) {
    const int epoll = ::epoll_create1(0);
    epoll_event event{};
    event.events = EPOLLIN;
    (void)::epoll_ctl(epoll, EPOLL_CTL_ADD, in, &event);
    std::array<char, 2048> buffer;
    enter_realtime();
    std::puts("ready");
    std::fflush(stdout);
    while (true) {
        if (!blocking) wait_for(epoll);
        const ssize_t n = take(buffer.data(), buffer.size());
        if (n <= 0 || give(buffer.data(), static_cast<std::size_t>(n)) < 0) return 1;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const bool host = std::string(argv[1]) == "host";
    const bool blocking = argc > 3;
    const int fifo = ::open(argv[2], O_RDWR);
    const int udp = host ? open_sender() : open_receiver(blocking);
    if (fifo < 0 || udp < 0) return 1;
    const sockaddr_in to = group_address(blocking);
    if (host)
        return relay(
            fifo, blocking, [&](char* b, std::size_t n) { return ::read(fifo, b, n); },
            [&](char* b, std::size_t n) {
                return ::sendto(udp, b, n, 0,
                                static_cast<const sockaddr*>(static_cast<const void*>(&to)),
                                sizeof to);
            });
    return relay(
        udp, blocking, [&](char* b, std::size_t n) { return ::recv(udp, b, n, 0); },
        [&](char* b, std::size_t n) { return ::write(fifo, b, n); });
}
