// What MIDInet uses of CoreMIDI, declared by hand: names, types and values as Apple's documentation has them. For tests on systems
// that are not macOS; double/core_midi.cpp does what it says.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <cstddef>

using MIDIObjectRef = UInt32;
using MIDIClientRef = MIDIObjectRef;
using MIDIEndpointRef = MIDIObjectRef;
using MIDITimeStamp = UInt64;
using MIDIUniqueID = SInt32;

constexpr OSStatus kMIDIInvalidClient = -10830;
constexpr OSStatus kMIDIWrongEndpointType = -10832;
constexpr OSStatus kMIDIUnknownEndpoint = -10834;
constexpr OSStatus kMIDIUnknownProperty = -10835;
constexpr OSStatus kMIDIMessageSendErr = -10838;
constexpr OSStatus kMIDIServerStartErr = -10839;
constexpr OSStatus kMIDIObjectNotFound = -10842;
constexpr OSStatus kMIDIIDNotUnique = -10843;

#pragma pack(push, 4)
struct MIDIPacket {
    MIDITimeStamp timeStamp;
    UInt16 length;
    Byte data[256];  ///< `length` of them; may be more than the array has
};
struct MIDIPacketList {
    UInt32 numPackets;
    MIDIPacket packet[1];  ///< the first; MIDIPacketNext finds the others
};
#pragma pack(pop)

/// As on Apple silicon, where packets begin at multiples of four bytes.
inline MIDIPacket* MIDIPacketNext(const MIDIPacket* packet) {
    const auto end = reinterpret_cast<std::uintptr_t>(&packet->data[0]) + packet->length;
    return reinterpret_cast<MIDIPacket*>((end + 3) & ~std::uintptr_t{3});
}

struct MIDINotification;
using MIDINotifyProc = void (*)(const MIDINotification* message, void* context);
using MIDIReadProc = void (*)(const MIDIPacketList* list, void* context, void* source_context);

extern "C" {
extern const CFStringRef kMIDIPropertyName;
extern const CFStringRef kMIDIPropertyManufacturer;
extern const CFStringRef kMIDIPropertyModel;
extern const CFStringRef kMIDIPropertyUniqueID;

OSStatus MIDIClientCreate(CFStringRef name, MIDINotifyProc notify, void* context, MIDIClientRef* made);
OSStatus MIDIClientDispose(MIDIClientRef client);
OSStatus MIDISourceCreate(MIDIClientRef client, CFStringRef name, MIDIEndpointRef* made);
OSStatus MIDIDestinationCreate(MIDIClientRef client, CFStringRef name, MIDIReadProc read, void* context, MIDIEndpointRef* made);
OSStatus MIDIEndpointDispose(MIDIEndpointRef endpoint);
OSStatus MIDIObjectSetStringProperty(MIDIObjectRef object, CFStringRef property, CFStringRef value);
OSStatus MIDIObjectSetIntegerProperty(MIDIObjectRef object, CFStringRef property, SInt32 value);
OSStatus MIDIObjectGetIntegerProperty(MIDIObjectRef object, CFStringRef property, SInt32* value);
MIDIPacket* MIDIPacketListInit(MIDIPacketList* list);
/// Null when it does not fit into `list_size` bytes.
MIDIPacket* MIDIPacketListAdd(MIDIPacketList* list, ByteCount list_size, MIDIPacket* current, MIDITimeStamp time, ByteCount size,
                              const Byte* data);
OSStatus MIDIReceived(MIDIEndpointRef source, const MIDIPacketList* list);
}
