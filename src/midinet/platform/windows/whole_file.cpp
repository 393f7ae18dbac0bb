#include "platform/posix/whole_file.hpp"

#include "platform/windows/handle.hpp"

#include <algorithm>
#include <array>

namespace midinet::platform {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = std::size_t{4} * 1024 * 1024;

auto cannot(const char* what, const fs::path& path, const std::string& why) {
    return fail(std::string("cannot ") + what + " " + path.string() + " (" + why + ")");
}

auto cannot(const char* what, const fs::path& path, DWORD number) {
    return cannot(what, path, windows_error(number));
}

/// False, with GetLastError(), when anything of it failed.
bool write_aside(const fs::path& aside, std::string_view text) {
    const OwnedHandle file(::CreateFileW(aside.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS,
                                         FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!file.valid()) return false;
    while (!text.empty()) {
        const auto piece = static_cast<DWORD>(std::min(text.size(), kMostBytes));
        DWORD written = 0;
        if (::WriteFile(file.get(), text.data(), piece, &written, nullptr) == 0) return false;
        text.remove_prefix(written);
    }
    return ::FlushFileBuffers(file.get()) != 0;
}

/// Messages name `path`, which may be a link to `target`.
Result<void> put_in_place(const fs::path& path, const fs::path& target, std::string_view text) {
    fs::path aside = target;
    aside += L".new";
    if (write_aside(aside, text) &&
        ::MoveFileExW(aside.c_str(), target.c_str(),
                      MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) != 0)
        return {};
    const DWORD why = ::GetLastError();
    ::DeleteFileW(aside.c_str());
    return cannot("write", path, why);
}

bool is_plain(DWORD attributes) noexcept {
    return (attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE)) == 0;
}

}  // namespace

Result<std::string> read_whole_file(const fs::path& path) {
    const DWORD attributes = ::GetFileAttributesW(path.c_str());
    if (attributes == INVALID_FILE_ATTRIBUTES) return cannot("read", path, ::GetLastError());
    if (!is_plain(attributes)) return cannot("read", path, "it is no regular file");
    constexpr DWORD kOthersMay = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    const OwnedHandle file(::CreateFileW(path.c_str(), GENERIC_READ, kOthersMay, nullptr,
                                         OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!file.valid()) return cannot("read", path, ::GetLastError());
    std::string text;
    std::array<char, 4096> piece{};
    while (text.size() <= kMostBytes) {
        DWORD size = 0;
        if (::ReadFile(file.get(), piece.data(), piece.size(), &size, nullptr) == 0)
            return cannot("read", path, ::GetLastError());
        if (size == 0) return text;
        text.append(piece.data(), size);
    }
    return cannot("read", path, "it is larger than 4 MiB");
}

Result<void> replace_whole_file(const fs::path& path, const std::string& text) {
    std::error_code error;
    const fs::path target = fs::weakly_canonical(path, error);
    if (error) return cannot("write", path, error.message());
    const DWORD attributes = ::GetFileAttributesW(target.c_str());
    if (attributes != INVALID_FILE_ATTRIBUTES && !is_plain(attributes))
        return cannot("write", path, "it is no regular file");
    return put_in_place(path, target, text);
}

/// Modes are another system's: the folder's own access list holds here.
Result<void> replace_own_file(const fs::path& path, std::string_view text, unsigned /*mode*/) {
    return put_in_place(path, path, text);
}

}  // namespace midinet::platform
