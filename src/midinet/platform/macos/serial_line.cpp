#include "platform/posix/serial_line.hpp"

#include "platform/posix/file_descriptor.hpp"

#include <IOKit/serial/ioss.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <cerrno>

namespace midinet::platform {
namespace {

/// IOSSIOSPEED takes any speed, and no program that asks for the settings afterwards sees it.
bool set_speed(int fd, std::uint32_t baud) noexcept {
    speed_t speed = baud;
    // A pseudo-terminal has no driver that knows the call, and no speed either.
    return ::ioctl(fd, IOSSIOSPEED, &speed) == 0 || errno == ENOTTY;
}

}  // namespace

Result<void> make_raw(int fd, std::uint32_t baud, const std::string& path) {
    termios line{};
    if (::tcgetattr(fd, &line) != 0) return fail_errno("reading the line settings of " + path);
    ::cfmakeraw(&line);
    line.c_cflag |= CS8 | CREAD | CLOCAL;
    // One byte is enough to answer a read; with 0, "nothing yet" would look like the end of the
    // file.
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
    if (::tcsetattr(fd, TCSANOW, &line) != 0)
        return fail_errno("changing the line settings of " + path);
    if (set_speed(fd, baud)) return {};
    return fail_errno("setting " + path + " to " + std::to_string(baud) + " baud");
}

}  // namespace midinet::platform
