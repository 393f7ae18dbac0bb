#include "platform/posix/passed_listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace midinet::platform {
namespace {

constexpr int kFirstPassed = 3;
constexpr int kWrong = 2;

/// What a variable says; 0 where it says no number, or nothing.
long number_of(const char* variable) {
    const char* set = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): no thread yet
    const std::string_view text = set != nullptr ? set : "";
    long number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

int option_of(int fd, int option) noexcept {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

bool is_tcp_listener(int fd) noexcept {
    const int domain = option_of(fd, SO_DOMAIN);
    return (domain == AF_INET || domain == AF_INET6) && option_of(fd, SO_TYPE) == SOCK_STREAM &&
           option_of(fd, SO_ACCEPTCONN) == 1;
}

}  // namespace

Result<std::optional<int>> passed_listener() {
    const long count = number_of("LISTEN_FDS");
    if (count <= 0 || number_of("LISTEN_PID") != ::getpid()) return std::nullopt;
    if (count > 1)
        return fail(std::to_string(count) +
                        " sockets were passed to it (LISTEN_FDS); expected one: give the socket "
                        "unit one ListenStream=",
                    kWrong);
    if (!is_tcp_listener(kFirstPassed))
        return fail(
            "descriptor 3, which was passed to it (LISTEN_FDS), is no listening TCP socket; "
            "expected what ListenStream=8080 of a socket unit makes",
            kWrong);
    (void)::fcntl(kFirstPassed, F_SETFD, FD_CLOEXEC);
    return kFirstPassed;
}

}  // namespace midinet::platform
