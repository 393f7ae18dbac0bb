#include "platform/posix/recording_file.hpp"

#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace midinet::platform {

Result<FileDescriptor> open_recording(const std::string& path) {
    const auto doing = "recording to " + path;
    constexpr int kFlags = _O_RDWR | _O_CREAT | _O_BINARY | _O_NOINHERIT;
    FileDescriptor file(
        ::_wopen(std::filesystem::path(path).c_str(), kFlags, _S_IREAD | _S_IWRITE));
    if (!file.valid()) return fail_errno(doing);
    std::array<char, 4> head{};
    const int n = ::_read(file.get(), head.data(), head.size());
    if (n != 0 && std::memcmp(head.data(), "MThd", head.size()) != 0)
        return fail(path +
                    " exists and is not a Standard MIDI File: name another path, or remove it");
    if (::_chsize_s(file.get(), 0) != 0) return fail_errno(doing);
    return file;
}

bool write_patch(const FileDescriptor& file, const midi::SmfPatch& patch) noexcept {
    if (::_lseeki64(file.get(), static_cast<long long>(patch.offset), SEEK_SET) < 0) return false;
    std::size_t done = 0;
    while (done < patch.bytes.size()) {
        const int n = ::_write(file.get(), patch.bytes.data() + done,
                               static_cast<unsigned>(patch.bytes.size() - done));
        if (n <= 0) return false;
        done += static_cast<std::size_t>(n);
    }
    return true;
}

}  // namespace midinet::platform
