#include "platform/linux/supervisor.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace midinet::platform {
namespace {

/// Empty: not set.
std::string_view variable(const char* name) {
    const char* set = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no thread yet
    return set != nullptr ? set : "";
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// systemd's WATCHDOG_USEC; WATCHDOG_PID tells whose it is.
std::optional<Duration> patience_of_environment() {
    const auto whose = variable("WATCHDOG_PID");
    if (!whose.empty() && number(whose) != ::getpid()) return std::nullopt;
    const auto microseconds = number(variable("WATCHDOG_USEC"));
    if (!microseconds || *microseconds <= 0) return std::nullopt;
    return std::chrono::microseconds(*microseconds);
}

}  // namespace

Result<std::optional<Supervisor>> Supervisor::from_environment() {
    const auto name = variable("NOTIFY_SOCKET");
    if (name.empty()) return std::nullopt;
    Supervisor found;
    auto& address = found.address_;
    if ((name.front() != '/' && name.front() != '@') || name.size() >= sizeof address.sun_path)
        return fail("NOTIFY_SOCKET is \"" + std::string(name) +
                    "\"; expected a path, or @ and a name, of at most 107 bytes: let the service "
                    "manager set it, or unset it");
    address.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), std::begin(address.sun_path));
    if (name.front() == '@') address.sun_path[0] = '\0';  // unix(7): an abstract name
    found.address_size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    found.socket_ = FileDescriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!found.socket_.valid()) return fail_errno("opening a socket to the service manager");
    found.patience_ = patience_of_environment();
    return found;
}

void Supervisor::tell(std::string_view state) const noexcept {
    const void* address = &address_;
    (void)::sendto(socket_.get(), state.data(), state.size(), MSG_NOSIGNAL,
                   static_cast<const sockaddr*>(address), address_size_);
}

}  // namespace midinet::platform
