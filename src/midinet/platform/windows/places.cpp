#include "platform/posix/places.hpp"

#include "platform/posix/state_store.hpp"
#include "platform/windows/handle.hpp"

#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>

namespace midinet::platform {
namespace {

namespace fs = std::filesystem;

/// What is the user's own of ours: %LOCALAPPDATA%\MIDInet.
fs::path own_folder() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
    const wchar_t* const local = ::_wgetenv(L"LOCALAPPDATA");
    return fs::path(local != nullptr ? local : L"C:\\ProgramData") / L"MIDInet";
}

}  // namespace

fs::path client_config_place() { return own_folder() / L"config" / L"client.toml"; }

std::vector<fs::path> state_directories(const std::optional<fs::path>& configured) {
    if (configured) return {*configured};
    return {own_folder() / L"state"};
}

std::string machine_name() {
    std::array<wchar_t, 256> name{};
    DWORD size = name.size();
    if (::GetComputerNameExW(ComputerNameDnsHostname, name.data(), &size) == 0) return "unnamed";
    return to_utf8(name.data());
}

bool can_read(const std::string& path) noexcept {
    return ::_waccess(fs::path(path).c_str(), 4) == 0;
}

/// The attributes of a directory say nothing of who may write into it: one has to try.
bool can_make_files(const fs::path& directory) noexcept {
    const fs::path probe = directory / (L"probe-" + std::to_wstring(::GetCurrentProcessId()));
    constexpr int kFlags = _O_RDWR | _O_CREAT | _O_TEMPORARY | _O_NOINHERIT;
    const FileDescriptor file(::_wopen(probe.c_str(), kFlags, _S_IREAD | _S_IWRITE));
    return file.valid();
}

FileDescriptor lock_file(const fs::path& path, bool wait) {
    constexpr int kFlags = _O_RDWR | _O_CREAT | _O_BINARY | _O_NOINHERIT;
    FileDescriptor file(::_wopen(path.c_str(), kFlags, _S_IREAD | _S_IWRITE));
    if (!file.valid()) return {};
    const auto handle = reinterpret_cast<HANDLE>(::_get_osfhandle(file.get()));
    const DWORD how = LOCKFILE_EXCLUSIVE_LOCK | (wait ? 0U : LOCKFILE_FAIL_IMMEDIATELY);
    OVERLAPPED from_the_start{};
    if (::LockFileEx(handle, how, 0, 1, 0, &from_the_start) == 0) return {};
    return file;
}

}  // namespace midinet::platform
