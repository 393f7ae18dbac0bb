#include "platform/posix/byte_stream.hpp"

#include "platform/posix/serial_line.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#if __has_include(<sys/sysmacros.h>)
#include <sys/sysmacros.h>  // major(), which other systems have in <sys/types.h>
#endif
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <type_traits>

namespace midinet::platform {
namespace {

[[maybe_unused]] constexpr int kPipeBytes = 1024 * 1024;

/// Some systems' device numbers have a sign.
auto driver_of(dev_t device) noexcept {
    return major(static_cast<std::make_unsigned_t<dev_t>>(device));
}

/// Whether it is of the driver of /dev/zero, /dev/null and the like.
bool is_of_memory(const struct stat& about) noexcept {
    struct stat null {};
    return ::stat("/dev/null", &null) == 0 && driver_of(about.st_rdev) == driver_of(null.st_rdev);
}

std::string missing(const std::string& path) {
    return "there is nothing at " + path + ": make a FIFO with `mkfifo " + path +
           "`, or name a serial line such as /dev/ttyAMA0";
}

std::string refused(const std::string& path) {
    return "no permission to read and write " + path + ": `ls -l " + path +
           "` shows who may; serial lines usually want `sudo usermod -aG dialout USER`";
}

/// Why what lies at `path` cannot be a stream; empty when it can.
std::string unsuitable(const std::string& path, const struct stat& about) {
    const mode_t mode = about.st_mode;
    if (S_ISREG(mode))
        return path + " is a regular file: write file:" + path +
               " to play or record a Standard MIDI File, or make a FIFO elsewhere with `mkfifo`";
    if (S_ISDIR(mode))
        return path + " is a directory: name a FIFO in it, made with `mkfifo " + path + "/NAME`";
    if (S_ISCHR(mode) && is_of_memory(about))
        return path + " carries no MIDI: name a serial line such as /dev/ttyAMA0, or a FIFO";
    if (S_ISFIFO(mode) || S_ISCHR(mode)) return {};
    return path +
           " is neither a FIFO nor a terminal: make a FIFO with `mkfifo PATH`, or name a "
           "serial line such as /dev/ttyAMA0";
}

tl::unexpected<Error> fail_open(const std::string& path) {
    if (errno == ENOENT || errno == ENOTDIR) return fail(missing(path));
    if (errno == EACCES || errno == EPERM) return fail(refused(path));
    if (errno == ENXIO || errno == ENODEV)
        return fail(path + " has no device behind it: is the interface plugged in?");
    return fail_errno("opening " + path);
}

void name_after(const std::string& path, ByteStream& stream) {
    std::string name = std::filesystem::path(path).filename().string();
    if (name.empty()) name = path;
    stream.info.name = name;
    stream.info.ports = {name};
}

/// A master alone reads as hung up until somebody opens its other end, so we open that too and keep
/// it.
Result<void> complete_pseudo_terminal(ByteStream& stream, std::uint32_t baud) {
    std::array<char, 128> buffer{};
    const char* const other_end = buffer.data();
    if (::grantpt(stream.fd.get()) != 0 || ::unlockpt(stream.fd.get()) != 0 ||
        ::ptsname_r(stream.fd.get(), buffer.data(), buffer.size()) != 0)
        return fail_errno("making a pseudo-terminal");
    stream.slave = FileDescriptor(::open(other_end, O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!stream.slave.valid()) return fail_open(other_end);
    stream.info.name = other_end;
    stream.info.ports = {other_end};
    return make_raw(stream.slave.get(), baud, other_end);
}

Result<void> prepare(ByteStream& stream, const std::string& path, std::uint32_t baud) {
    if (path == "/dev/ptmx" || path == "/dev/pts/ptmx")
        return complete_pseudo_terminal(stream, baud);
    if (::isatty(stream.fd.get()) == 1) return make_raw(stream.fd.get(), baud, path);
#ifdef F_SETPIPE_SZ
    // Best effort: a reader that stalls for a moment then costs nothing. Fails on what is not a
    // pipe.
    ::fcntl(stream.fd.get(), F_SETPIPE_SZ, kPipeBytes);
#endif
    return {};
}

}  // namespace

std::optional<FilePlace> place_at(const std::string& path) noexcept {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return std::nullopt;
    return FilePlace{about.st_dev, about.st_ino};
}

bool leads_to(const std::string& path, const FilePlace& place) noexcept {
    return place_at(path) == place;
}

Result<ByteStream> open_byte_stream(const std::string& path, std::uint32_t baud) {
    if (path.empty())
        return fail("stream: names no path; write stream:/run/midinet/in.fifo, say", 2);
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return fail_open(path);
    if (std::string why = unsuitable(path, about); !why.empty()) return fail(std::move(why));

    ByteStream stream;
    stream.place = {about.st_dev, about.st_ino};
    name_after(path, stream);
    // Both directions at once: a FIFO then neither ends when its last writer leaves (read gives 0)
    // nor breaks when its last reader does (EPIPE), and opening does not wait for the other end
    // (ENXIO).
    stream.fd = FileDescriptor(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!stream.fd.valid()) return fail_open(path);
    if (auto ready = prepare(stream, path, baud); !ready) return tl::unexpected(ready.error());
    return stream;
}

}  // namespace midinet::platform
