#include "platform/windows/handle.hpp"

#include <array>

namespace midinet::platform {

std::string windows_error(DWORD number) {
    std::array<wchar_t, 512> text{};
    const DWORD size =
        ::FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                         number, 0, text.data(), static_cast<DWORD>(text.size()), nullptr);
    std::string said = size > 0 ? to_utf8(text.data()) : std::string{};
    while (!said.empty() &&
           (said.back() == '.' || said.back() == '\n' || said.back() == '\r' || said.back() == ' '))
        said.pop_back();
    const std::string code = "Windows error " + std::to_string(number);
    return said.empty() ? code : said + " (" + code + ")";
}

tl::unexpected<Error> fail_windows(const std::string& doing, DWORD number) {
    return fail(doing + ": " + windows_error(number));
}

std::wstring to_wide(const std::string& text) {
    const int size = static_cast<int>(text.size());
    const int wide = ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, nullptr, 0);
    std::wstring out(static_cast<std::size_t>(wide), L'\0');
    ::MultiByteToWideChar(CP_UTF8, 0, text.data(), size, out.data(), wide);
    return out;
}

std::string to_utf8(const wchar_t* text) {
    const int size = ::WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
    if (size <= 0) return {};
    std::string out(static_cast<std::size_t>(size), '\0');
    ::WideCharToMultiByte(CP_UTF8, 0, text, -1, out.data(), size, nullptr, nullptr);
    out.pop_back();  // the terminating zero
    return out;
}

}  // namespace midinet::platform
