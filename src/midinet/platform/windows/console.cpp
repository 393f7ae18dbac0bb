#include "platform/posix/console.hpp"

#include "platform/windows/handle.hpp"

#include <io.h>

#include <cstdio>
#include <cstdlib>

namespace midinet::platform {

std::string user_name() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the only thread
    const wchar_t* const user = ::_wgetenv(L"USERNAME");
    return user != nullptr && *user != L'\0' ? to_utf8(user) : "0";
}

bool input_is_terminal() noexcept { return ::_isatty(::_fileno(stdin)) != 0; }

bool output_is_terminal() noexcept {
    const HANDLE console = ::GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD mode = 0;
    if (::GetConsoleMode(console, &mode) == 0) return false;  // a file, a pipe
    ::SetConsoleOutputCP(CP_UTF8);
    return ::SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

ConsoleSize console_size() noexcept {
    CONSOLE_SCREEN_BUFFER_INFO info{};
    if (::GetConsoleScreenBufferInfo(::GetStdHandle(STD_OUTPUT_HANDLE), &info) == 0) return {};
    const auto& window = info.srWindow;
    return {static_cast<std::size_t>(window.Right - window.Left + 1),
            static_cast<std::size_t>(window.Bottom - window.Top + 1)};
}

std::string local_time_of_day() {
    SYSTEMTIME now{};
    ::GetLocalTime(&now);
    char text[16];
    (void)std::snprintf(text, sizeof text, "%02u:%02u:%02u", unsigned{now.wHour},
                        unsigned{now.wMinute}, unsigned{now.wSecond});
    return text;
}

/// Windows sends nobody word of that: the next write fails, and nothing more comes out.
void end_with_reader() noexcept {}

}  // namespace midinet::platform
