// Owning a file descriptor, and saying what the system refused.
#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace midinet::platform {

/// Owns one file descriptor and closes it. -1 = none. Move-only.
class FileDescriptor {
  public:
    FileDescriptor() noexcept = default;
    explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
    FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        if (this != &other) {
            close();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    ~FileDescriptor() { close(); }

    int get() const noexcept { return fd_; }
    bool valid() const noexcept { return fd_ >= 0; }
    void close() noexcept;

  private:
    int fd_ = -1;
};

/// As many descriptors as the system lets this process have (RLIMIT_NOFILE): a server's shell often
/// gives 1,024. Returns that number. Thread: any.
std::size_t allow_most_descriptors() noexcept;

/// What the system calls error `number`, e.g. "Permission denied". Thread: any.
std::string os_error(int number);

/// An Error "<doing>: <what the system says>", from errno as it was on the call.
tl::unexpected<Error> fail_errno(const std::string& doing);

}  // namespace midinet::platform
