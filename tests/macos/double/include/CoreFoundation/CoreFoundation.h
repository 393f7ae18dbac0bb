// What MIDInet uses of Core Foundation, declared by hand: names, types and values as Apple's documentation has them. For tests on
// systems that are not macOS; double/core_foundation.cpp does what it says.
#pragma once

#include <cstdint>

using UInt8 = std::uint8_t;
using UInt16 = std::uint16_t;
using UInt32 = std::uint32_t;
using UInt64 = std::uint64_t;
using SInt32 = std::int32_t;
using Byte = UInt8;
using ByteCount = unsigned long;
using ItemCount = unsigned long;
using OSStatus = SInt32;
using Boolean = unsigned char;
using CFIndex = long;
using CFStringEncoding = UInt32;
using CFTypeRef = const void*;
using CFStringRef = const struct DoubleString*;
using CFAllocatorRef = const struct DoubleAllocator*;

constexpr OSStatus noErr = 0;
enum : CFStringEncoding { kCFStringEncodingISOLatin1 = 0x0201, kCFStringEncodingUTF8 = 0x08000100 };

extern "C" {
extern const CFAllocatorRef kCFAllocatorDefault;
/// Null when the bytes are no text of that encoding.
CFStringRef CFStringCreateWithBytes(CFAllocatorRef allocator, const UInt8* bytes, CFIndex count, CFStringEncoding encoding,
                                    Boolean is_external);
void CFRelease(CFTypeRef object);
}
