#include "platform/linux/setting_files.hpp"

#include "platform/posix/file_descriptor.hpp"
#include "platform/posix/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace midinet::platform {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kModeOfRecord = 0644;
/// More than /proc/interrupts of a machine with many CPUs.
constexpr std::size_t kMostBytes = std::size_t{4} * 1024 * 1024;

}  // namespace

fs::path LinuxSettings::at(const std::string& path) const {
    return root_ / fs::path(path).relative_path();
}

bool LinuxSettings::may_change() const { return root_ != "/" || ::geteuid() == 0; }

std::vector<std::string> LinuxSettings::names_in(const std::string& folder) const {
    std::vector<std::string> names;
    std::error_code error;
    fs::directory_iterator entry(at(folder), error);
    for (; !error && entry != fs::directory_iterator{}; entry.increment(error))
        names.push_back(entry->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::optional<std::string> LinuxSettings::read(const std::string& path) const {
    const FileDescriptor file(::open(at(path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid()) return std::nullopt;
    std::string text;
    std::array<char, 4096> piece{};
    while (text.size() < kMostBytes) {
        const auto size = ::read(file.get(), piece.data(), piece.size());
        if (size < 0) return std::nullopt;
        if (size == 0) break;
        text.append(piece.data(), static_cast<std::size_t>(size));
    }
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

Result<void> LinuxSettings::write(const std::string& path, const std::string& value) {
    const FileDescriptor file(::open(at(path).c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    const std::string line = value + '\n';
    if (!file.valid()) return fail(os_error(errno));
    // The kernel takes a setting as one write or not at all.
    const auto written = ::write(file.get(), line.data(), line.size());
    if (written < 0) return fail(os_error(errno));
    if (written != static_cast<ssize_t>(line.size())) return fail("it was taken in part");
    return {};
}

Result<void> LinuxSettings::keep(const std::string& path, const std::string& text) {
    std::error_code error;
    fs::create_directories(at(path).parent_path(), error);
    if (error)
        return fail("cannot make " + at(path).parent_path().string() + " (" + error.message() +
                    ")");
    return replace_own_file(at(path), text, kModeOfRecord);
}

Result<void> LinuxSettings::forget(const std::string& path) {
    std::error_code error;
    fs::remove(at(path), error);
    if (error) return fail("cannot remove " + at(path).string() + " (" + error.message() + ")");
    return {};
}

Result<std::unique_ptr<io::SettingFiles>> open_settings(const std::string& root) {
    std::error_code error;
    if (!fs::is_directory(root, error))
        return fail("--root " + root + ": there is no such folder; expected one with sys and proc",
                    2);
    return std::make_unique<LinuxSettings>(fs::canonical(root, error));
}

}  // namespace midinet::platform
