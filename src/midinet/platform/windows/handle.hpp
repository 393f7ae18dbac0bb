// Owning the system's objects, and saying what it refused.
#pragma once

#include "base/result.hpp"
#include "io/waiter.hpp"

#include <windows.h>

#include <cstdint>
#include <string>
#include <utility>

namespace midinet::platform {

/// Owns one HANDLE and closes it. nullptr = none. Move-only.
class OwnedHandle {
  public:
    OwnedHandle() noexcept = default;
    explicit OwnedHandle(HANDLE handle) noexcept
        : handle_(handle == INVALID_HANDLE_VALUE ? nullptr : handle) {}
    OwnedHandle(OwnedHandle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    OwnedHandle& operator=(OwnedHandle&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~OwnedHandle() {
        if (handle_ != nullptr) ::CloseHandle(handle_);
    }

    HANDLE get() const noexcept { return handle_; }
    bool valid() const noexcept { return handle_ != nullptr; }

  private:
    HANDLE handle_ = nullptr;
};

/// The system's handles, sockets too, have 32 bits that count, so that 32-bit programs can be given
/// them. Source: Microsoft, "Interprocess Communication Between 32-bit and 64-bit Applications".
inline io::Handle to_io(HANDLE handle) noexcept {
    return static_cast<io::Handle>(reinterpret_cast<std::intptr_t>(handle));
}
inline HANDLE to_windows(io::Handle handle) noexcept {
    return reinterpret_cast<HANDLE>(static_cast<std::intptr_t>(handle));
}

/// What the system calls error `number`, in UTF-8, without the full stop. Thread: any.
std::string windows_error(DWORD number);
/// An Error "<doing>: <what the system says>".
tl::unexpected<Error> fail_windows(const std::string& doing, DWORD number);

/// UTF-8 to the system's UTF-16 and back; what is no valid text becomes replacement characters.
std::wstring to_wide(const std::string& text);
std::string to_utf8(const wchar_t* text);

}  // namespace midinet::platform
