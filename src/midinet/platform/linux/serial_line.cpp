#include "platform/posix/serial_line.hpp"

#include "platform/posix/file_descriptor.hpp"

// termios2 takes any speed; its header excludes <termios.h>, so this file is alone with it.
#include <asm/termbits.h>
#include <sys/ioctl.h>

namespace midinet::platform {
namespace {

void make_transparent(termios2& line) noexcept {
    line.c_iflag = 0;
    line.c_oflag = 0;
    line.c_lflag = 0;
    line.c_cflag = CS8 | CREAD | CLOCAL | BOTHER;
    // One byte is enough to answer a read; with 0, "nothing yet" would look like the end of the
    // file.
    line.c_cc[VMIN] = 1;
    line.c_cc[VTIME] = 0;
}

bool is_close(std::uint32_t speed, std::uint32_t wanted) noexcept {
    const std::uint64_t off = speed > wanted ? speed - wanted : wanted - speed;
    return off * 100 <= std::uint64_t{wanted} * 3;
}

}  // namespace

Result<void> make_raw(int fd, std::uint32_t baud, const std::string& path) {
    termios2 line{};
    if (::ioctl(fd, TCGETS2, &line) != 0) return fail_errno("reading the line settings of " + path);
    make_transparent(line);
    line.c_ispeed = baud;
    line.c_ospeed = baud;
    if (::ioctl(fd, TCSETS2, &line) != 0)
        return fail_errno("setting " + path + " to " + std::to_string(baud) + " baud");
    if (::ioctl(fd, TCGETS2, &line) == 0 && !is_close(line.c_ospeed, baud))
        return fail(path + " does not run at " + std::to_string(baud) + " baud, the nearest is " +
                    std::to_string(line.c_ospeed) + ": set midi.baud to a speed both ends can do");
    return {};
}

}  // namespace midinet::platform
