#include "platform/posix/console.hpp"

#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <ctime>

namespace midinet::platform {

std::string user_name() {
    const char* user = std::getenv("USER");  // NOLINT(concurrency-mt-unsafe): the only thread
    if (user == nullptr || *user == '\0')
        if (const auto* known = ::getpwuid(::getuid()))  // NOLINT(concurrency-mt-unsafe): likewise
            user = known->pw_name;
    return user != nullptr && *user != '\0' ? user : std::to_string(::getuid());
}

bool input_is_terminal() noexcept { return ::isatty(STDIN_FILENO) != 0; }

bool output_is_terminal() noexcept { return ::isatty(STDOUT_FILENO) != 0; }

ConsoleSize console_size() noexcept {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {};
    return {size.ws_col, size.ws_row};
}

std::string local_time_of_day() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    std::array<char, 16> text{};
    if (::localtime_r(&now, &local) != nullptr)
        (void)std::strftime(text.data(), text.size(), "%H:%M:%S", &local);
    return text.data();
}

void end_with_reader() noexcept { (void)std::signal(SIGPIPE, SIG_DFL); }

}  // namespace midinet::platform
