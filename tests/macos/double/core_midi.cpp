#include "core_midi.hpp"

#include "core_foundation.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>

using midinet::macos_double::MidiServer;

namespace {

const DoubleString name_property{"name"};
const DoubleString manufacturer_property{"manufacturer"};
const DoubleString model_property{"model"};
const DoubleString id_property{"uniqueID"};

std::recursive_mutex mutex;
midinet::macos_double::MidiWitness* witness = nullptr;

MidiServer& server() { return MidiServer::instance(); }

std::unique_lock<std::recursive_mutex> locked() { return std::unique_lock(mutex); }

}  // namespace

const CFStringRef kMIDIPropertyName = &name_property;
const CFStringRef kMIDIPropertyManufacturer = &manufacturer_property;
const CFStringRef kMIDIPropertyModel = &model_property;
const CFStringRef kMIDIPropertyUniqueID = &id_property;

namespace midinet::macos_double {

MidiServer& MidiServer::instance() {
    static MidiServer server;
    return server;
}

void MidiServer::reset() {
    const auto ref = next_ref_;
    const auto id = next_id_;
    *this = {};
    next_ref_ = ref;
    next_id_ = id;
}

void MidiServer::set_witness(MidiWitness* next) { witness = next; }

void MidiServer::restart() {
    const auto lock = locked();
    clients_.clear();
    for (const auto& [ref, endpoint] : endpoints_)
        if (witness != nullptr) witness->on_gone(endpoint);
    endpoints_.clear();
}

const Endpoint* MidiServer::find(const std::string& name, bool is_source) const {
    for (const auto& [ref, endpoint] : endpoints_)
        if (endpoint.is_source == is_source && endpoint.texts.at("name") == name) return &endpoint;
    return nullptr;
}

std::vector<Endpoint> MidiServer::endpoints() const {
    std::vector<Endpoint> all;
    for (const auto& [ref, endpoint] : endpoints_) all.push_back(endpoint);
    return all;
}

void MidiServer::play(const Endpoint& destination, const std::vector<Played>& packets) {
    std::vector<std::uint64_t> memory(8192);
    auto* const list = reinterpret_cast<MIDIPacketList*>(memory.data());
    list->numPackets = 0;
    MIDIPacket* packet = &list->packet[0];
    for (const auto& played : packets) {
        packet->timeStamp = played.stamp;
        packet->length = static_cast<UInt16>(played.bytes.size());
        std::copy(played.bytes.begin(), played.bytes.end(),
                  reinterpret_cast<Byte*>(packet) + offsetof(MIDIPacket, data));
        ++list->numPackets;
        packet = MIDIPacketNext(packet);
    }
    destination.read(list, destination.context, nullptr);
}

OSStatus MidiServer::enter(const std::string& function) {
    if (witness == nullptr) calls_.push_back(function);
    const auto refusal = refusals_.find(function);
    if (refusal == refusals_.end()) return noErr;
    const auto status = refusal->second;
    refusals_.erase(refusal);
    return status;
}

OSStatus MidiServer::add_client(MIDIClientRef* made) {
    *made = next_ref_++;
    clients_.insert(*made);
    return noErr;
}

OSStatus MidiServer::remove_client(MIDIClientRef client) {
    if (clients_.erase(client) == 0) return kMIDIInvalidClient;
    std::erase_if(endpoints_, [&](const auto& entry) {
        const bool goes = entry.second.client == client;
        if (goes && witness != nullptr) witness->on_gone(entry.second);
        return goes;
    });
    return noErr;
}

OSStatus MidiServer::add(Endpoint endpoint, const std::string& name, MIDIEndpointRef* made) {
    if (!clients_.contains(endpoint.client)) return kMIDIInvalidClient;
    endpoint.ref = next_ref_++;
    endpoint.id = next_id_++;
    endpoint.texts["name"] = name;
    *made = endpoint.ref;
    if (witness != nullptr) witness->on_made(endpoint);
    endpoints_[endpoint.ref] = std::move(endpoint);
    return noErr;
}

OSStatus MidiServer::remove(MIDIEndpointRef endpoint) {
    const auto found = endpoints_.find(endpoint);
    if (found == endpoints_.end()) return kMIDIUnknownEndpoint;
    if (witness != nullptr) witness->on_gone(found->second);
    endpoints_.erase(found);
    return noErr;
}

OSStatus MidiServer::set_text(MIDIObjectRef object, const std::string& property,
                              const std::string& text) {
    const auto found = endpoints_.find(object);
    if (found == endpoints_.end()) return kMIDIObjectNotFound;
    found->second.texts[property] = text;
    return noErr;
}

bool MidiServer::is_free(MIDIUniqueID id) const {
    return !foreign_ids_.contains(id) &&
           std::none_of(endpoints_.begin(), endpoints_.end(),
                        [&](const auto& entry) { return entry.second.id == id; });
}

OSStatus MidiServer::set_id(MIDIObjectRef object, MIDIUniqueID id) {
    const auto found = endpoints_.find(object);
    if (found == endpoints_.end()) return kMIDIObjectNotFound;
    if (found->second.id == id) return noErr;
    if (!is_free(id)) return kMIDIIDNotUnique;
    found->second.id = id;
    if (witness != nullptr) witness->on_id(found->second);
    return noErr;
}

OSStatus MidiServer::get_id(MIDIObjectRef object, MIDIUniqueID* id) const {
    const auto found = endpoints_.find(object);
    if (found == endpoints_.end()) return kMIDIObjectNotFound;
    *id = found->second.id;
    return noErr;
}

OSStatus MidiServer::receive(MIDIEndpointRef source, const MIDIPacketList& list) {
    const auto found = endpoints_.find(source);
    if (found == endpoints_.end()) return kMIDIUnknownEndpoint;
    if (!found->second.is_source) return kMIDIWrongEndpointType;
    ++lists_;
    const MIDIPacket* packet = &list.packet[0];
    for (UInt32 i = 0; i < list.numPackets; ++i) {
        const auto* const data = reinterpret_cast<const Byte*>(packet) + offsetof(MIDIPacket, data);
        Sent sent{.source = found->second.texts.at("name"),
                  .list = lists_,
                  .stamp = packet->timeStamp,
                  .bytes = Bytes(data, data + packet->length)};
        if (witness != nullptr)
            witness->on_sent(found->second, sent);
        else
            sent_.push_back(std::move(sent));
        packet = MIDIPacketNext(packet);
    }
    return noErr;
}

}  // namespace midinet::macos_double

OSStatus MIDIClientCreate(CFStringRef, MIDINotifyProc, void*, MIDIClientRef* made) {
    const auto lock = locked();
    const auto status = server().enter(__func__);
    return status != noErr ? status : server().add_client(made);
}
OSStatus MIDIClientDispose(MIDIClientRef client) {
    const auto lock = locked();
    const auto status = server().enter(__func__);
    return status != noErr ? status : server().remove_client(client);
}
OSStatus MIDISourceCreate(MIDIClientRef client, CFStringRef name, MIDIEndpointRef* made) {
    const auto lock = locked();
    const auto status = server().enter(__func__);
    return status != noErr ? status
                           : server().add({.client = client, .is_source = true}, name->text, made);
}
OSStatus MIDIDestinationCreate(MIDIClientRef client, CFStringRef name, MIDIReadProc read,
                               void* context, MIDIEndpointRef* made) {
    const auto lock = locked();
    const auto status = server().enter(__func__);
    if (status != noErr) return status;
    return server().add({.client = client, .is_source = false, .read = read, .context = context},
                        name->text, made);
}
OSStatus MIDIEndpointDispose(MIDIEndpointRef endpoint) {
    const auto lock = locked();
    const auto status = server().enter(__func__);
    return status != noErr ? status : server().remove(endpoint);
}
OSStatus MIDIObjectSetStringProperty(MIDIObjectRef object, CFStringRef property,
                                     CFStringRef value) {
    const auto lock = locked();
    const auto status = server().enter(__func__);
    return status != noErr ? status : server().set_text(object, property->text, value->text);
}
OSStatus MIDIObjectSetIntegerProperty(MIDIObjectRef object, CFStringRef property, SInt32 value) {
    const auto lock = locked();
    const auto status = server().enter(__func__);
    if (status != noErr) return status;
    return property == kMIDIPropertyUniqueID ? server().set_id(object, value)
                                             : kMIDIUnknownProperty;
}
OSStatus MIDIObjectGetIntegerProperty(MIDIObjectRef object, CFStringRef property, SInt32* value) {
    const auto lock = locked();
    const auto status = server().enter(__func__);
    if (status != noErr) return status;
    return property == kMIDIPropertyUniqueID ? server().get_id(object, value)
                                             : kMIDIUnknownProperty;
}

MIDIPacket* MIDIPacketListInit(MIDIPacketList* list) {
    list->numPackets = 0;
    return &list->packet[0];
}

MIDIPacket* MIDIPacketListAdd(MIDIPacketList* list, ByteCount list_size, MIDIPacket* current,
                              MIDITimeStamp time, ByteCount size, const Byte* data) {
    MIDIPacket* const packet = list->numPackets == 0 ? current : MIDIPacketNext(current);
    auto* const begin = reinterpret_cast<Byte*>(list);
    auto* const to = reinterpret_cast<Byte*>(packet) + offsetof(MIDIPacket, data);
    if (to + size > begin + list_size) return nullptr;
    packet->timeStamp = time;
    packet->length = static_cast<UInt16>(size);
    std::memcpy(to, data, size);
    ++list->numPackets;
    return packet;
}

OSStatus MIDIReceived(MIDIEndpointRef source, const MIDIPacketList* list) {
    const auto lock = locked();
    const auto status = server().enter(__func__);
    return status != noErr ? status : server().receive(source, *list);
}
