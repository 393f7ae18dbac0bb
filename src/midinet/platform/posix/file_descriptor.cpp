#include "platform/posix/file_descriptor.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace midinet::platform {

void FileDescriptor::close() noexcept {
    // EINTR too means closed on Linux: trying again could close somebody else's new descriptor.
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

std::size_t allow_most_descriptors() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    const auto before = std::exchange(limit.rlim_cur, limit.rlim_max);
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

std::string os_error(int number) { return std::generic_category().message(number); }

tl::unexpected<Error> fail_errno(const std::string& doing) {
    const int number = errno;
    return fail(doing + ": " + os_error(number));
}

}  // namespace midinet::platform
