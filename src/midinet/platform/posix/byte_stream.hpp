// Opening a path that carries MIDI bytes: a FIFO, a serial line, a pseudo-terminal.
#pragma once

#include "base/result.hpp"
#include "io/midi_source.hpp"
#include "platform/posix/file_descriptor.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace midinet::platform {

/// What a path led to.
struct FilePlace {
    dev_t device = 0;
    ino_t node = 0;
    friend bool operator==(const FilePlace&, const FilePlace&) = default;
};
/// Where `path` leads now; nothing when it leads nowhere. Not RT-safe: a syscall that may touch a
/// disk.
std::optional<FilePlace> place_at(const std::string& path) noexcept;
/// Whether `path` leads there now. The same.
bool leads_to(const std::string& path, const FilePlace& place) noexcept;

struct ByteStream {
    FileDescriptor fd;  ///< non-blocking, for reading and writing
    FileDescriptor
        slave;  ///< held open behind a new pseudo-terminal, whose master would hang up without it
    io::DeviceInfo info;  ///< named after the path; one port
    FilePlace place;
};

/// Opens `path` so that who is at its other end may come and go. /dev/ptmx makes a new
/// pseudo-terminal and is named after its other end. Errors: a regular file, a directory, a socket,
/// nothing there, no permission: each with what to do about it.
Result<ByteStream> open_byte_stream(const std::string& path, std::uint32_t baud);

}  // namespace midinet::platform
