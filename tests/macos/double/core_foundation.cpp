#include "core_foundation.hpp"

#include <atomic>
#include <optional>
#include <string_view>

namespace {

std::atomic<int> alive{0};

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t more = lead < 0x80          ? 0
                                 : (lead >> 5U) == 6  ? 1
                                 : (lead >> 4U) == 14 ? 2
                                 : (lead >> 3U) == 30 ? 3
                                                      : 9;
        if (more == 9 || i + more >= text.size() + (more == 0 ? 1 : 0)) return false;
        for (std::size_t k = 1; k <= more; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80) return false;
        i += more + 1;
    }
    return true;
}

std::string from_latin1(std::string_view text) {
    std::string utf8;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            utf8 += c;
        } else {
            utf8 += static_cast<char>(0xC0U | (byte >> 6U));
            utf8 += static_cast<char>(0x80U | (byte & 0x3FU));
        }
    }
    return utf8;
}

}  // namespace

const CFAllocatorRef kCFAllocatorDefault = nullptr;

CFStringRef CFStringCreateWithBytes(CFAllocatorRef, const UInt8* bytes, CFIndex count,
                                    CFStringEncoding encoding, Boolean) {
    const std::string text(bytes, bytes + count);
    if (encoding == kCFStringEncodingUTF8 && !is_utf8(text)) return nullptr;
    ++alive;
    return new DoubleString{encoding == kCFStringEncodingISOLatin1 ? from_latin1(text) : text};
}

void CFRelease(CFTypeRef object) {
    --alive;
    delete static_cast<const DoubleString*>(object);
}

int midinet::macos_double::strings_alive() noexcept { return alive; }
