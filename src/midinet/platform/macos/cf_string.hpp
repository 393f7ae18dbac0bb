// Core Foundation's strings.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <bit>
#include <string_view>
#include <utility>

namespace midinet::platform {

/// Owns one string. Move-only.
class CfString {
  public:
    /// `text`: UTF-8. What is none, since it came from a device or a network, is read as Latin-1:
    /// a name with odd letters is better than no port.
    explicit CfString(std::string_view text) : string_(make(text, kCFStringEncodingUTF8)) {
        if (string_ == nullptr) string_ = make(text, kCFStringEncodingISOLatin1);
    }
    CfString(CfString&& other) noexcept : string_(std::exchange(other.string_, nullptr)) {}
    CfString& operator=(CfString&&) = delete;
    ~CfString() {
        if (string_ != nullptr) CFRelease(string_);
    }
    CFStringRef get() const noexcept { return string_; }

  private:
    static CFStringRef make(std::string_view text, CFStringEncoding encoding) {
        return CFStringCreateWithBytes(kCFAllocatorDefault,
                                       std::bit_cast<const UInt8*>(text.data()),
                                       static_cast<CFIndex>(text.size()), encoding, 0);
    }
    CFStringRef string_;
};

}  // namespace midinet::platform
