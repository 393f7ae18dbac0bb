// Libraries that are loaded, not linked: they may be missing, or older.
#pragma once

#include <windows.h>

#include <bit>

namespace midinet::platform {

/// Never unloaded: its threads may still be ending. Copies are the same library.
class Library {
  public:
    /// From the system's folder alone, so that nobody's file beside the program is taken for it.
    /// Its name ends in ".dll".
    static Library of_system(const wchar_t* name) noexcept {
        return Library(::LoadLibraryExW(name, nullptr, LOAD_LIBRARY_SEARCH_SYSTEM32));
    }
    bool loaded() const noexcept { return module_ != nullptr; }
    /// nullptr where it has no such function.
    template <typename Function>
    Function find(const char* name) const noexcept {
        if (!loaded()) return nullptr;
        return std::bit_cast<Function>(::GetProcAddress(module_, name));
    }

  private:
    explicit Library(HMODULE module) noexcept : module_(module) {}
    HMODULE module_;
};

}  // namespace midinet::platform
