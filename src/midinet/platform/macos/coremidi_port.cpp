#include "platform/macos/coremidi_port.hpp"

#include "platform/macos/cf_string.hpp"
#include "platform/macos/coremidi_names.hpp"

#include <algorithm>
#include <array>

namespace midinet::platform {
namespace {

/// A list with a packet of kMostBytes, and some to spare: how CoreMIDI aligns what follows is its
/// own affair.
struct PacketRoom {
    MIDIPacketList list;
    std::array<UInt8, 32> spare;
};

tl::unexpected<Error> fail_status(const std::string& doing, OSStatus status) {
    const bool is_away = status == kMIDIServerStartErr;
    return fail("CoreMIDI refuses " + doing + " (error " + std::to_string(status) + ")" +
                (is_away ? ": the MIDI server does not start; log out and in again" : ""));
}

/// Empty values are not set: there would be a manufacturer without a name.
Result<void> set_text(MIDIObjectRef object, CFStringRef property, const std::string& text) {
    if (text.empty()) return {};
    const CfString value(text);
    const auto status = MIDIObjectSetStringProperty(object, property, value.get());
    if (status != noErr) return fail_status("the property \"" + text + "\"", status);
    return {};
}

/// The name is there since it was made; every property that is set is told to all applications.
Result<void> set_identity(MIDIObjectRef object, const io::DeviceInfo& device) {
    const auto& model = device.product.empty() ? device.name : device.product;
    return set_text(object, kMIDIPropertyManufacturer, device.manufacturer).and_then([&] {
        return set_text(object, kMIDIPropertyModel, model);
    });
}

/// The first of its ids of before that nobody else has; else the one that the system drew for it,
/// which is kept from now on.
Result<void> set_id(MIDIObjectRef object, const EndpointKey& key, const EndpointIds& ids) {
    for (const auto id : ids.known(key)) {
        const auto status = MIDIObjectSetIntegerProperty(object, kMIDIPropertyUniqueID, id);
        if (status == noErr) return {};
        if (status != kMIDIIDNotUnique) return fail_status("a unique id", status);
    }
    SInt32 drawn = 0;
    const auto status = MIDIObjectGetIntegerProperty(object, kMIDIPropertyUniqueID, &drawn);
    if (status != noErr) return fail_status("to tell a unique id", status);
    ids.remember(key, drawn);
    return {};
}

}  // namespace

Result<std::unique_ptr<io::VirtualPort>> CoreMidiPort::create(const io::DeviceInfo& device,
                                                              const EndpointIds& ids) {
    MIDIClientRef client = 0;
    const CfString name(device.name);
    const auto status = MIDIClientCreate(name.get(), nullptr, nullptr, &client);
    if (status != noErr) return fail_status("the client \"" + device.name + "\"", status);
    std::unique_ptr<CoreMidiPort> port(new CoreMidiPort(device, CoreMidiClient(client)));
    if (auto added = port->add_lines(ids); !added) return tl::unexpected(added.error());
    return port;
}

Result<void> CoreMidiPort::add_lines(const EndpointIds& ids) {
    const auto names = endpoint_names(info_);
    info_.ports = names;
    auto feedback = CoreMidiFeedback::create(info_);
    if (!feedback) return tl::unexpected(feedback.error());
    feedback_ = std::move(*feedback);
    lines_.reserve(names.size());
    for (const auto& name : names)
        if (auto added = add_line(name, {static_cast<std::uint8_t>(lines_.size())}, ids); !added)
            return added;
    return {};
}

Result<void> CoreMidiPort::add_line(const std::string& name, PortIndex port,
                                    const EndpointIds& ids) {
    const CfString text(name);
    MIDIEndpointRef made = 0;
    if (const auto status = MIDISourceCreate(client_.get(), text.get(), &made); status != noErr)
        return fail_status("the virtual source \"" + name + "\"", status);
    CoreMidiEndpoint source(made);
    auto seat = ReadSeat::take(*feedback_, port);
    if (!seat) return fail("no more virtual destinations than 256 can be had in one program");
    if (const auto status = MIDIDestinationCreate(client_.get(), text.get(), ReadSeat::on_packets,
                                                  seat->token(), &made);
        status != noErr)
        return fail_status("the virtual destination \"" + name + "\"", status);
    auto& line = lines_.emplace_back(Line{.source = std::move(source),
                                          .seat = std::move(*seat),
                                          .destination = CoreMidiEndpoint(made)});
    // The ids first: who hears of the endpoint looks for it by its id.
    return set_id(line.source.get(), {.is_source = true, .name = name}, ids)
        .and_then([&] { return set_id(made, {.is_source = false, .name = name}, ids); })
        .and_then([&] { return set_identity(line.source.get(), info_); })
        .and_then([&] { return set_identity(made, info_); });
}

io::WriteResult CoreMidiPort::write(PortIndex port, std::span<const std::uint8_t> bytes,
                                    TimePoint when) noexcept {
    // A stream with more ports than the device had when this was opened: the last one takes them.
    Line& line = lines_[std::min<std::size_t>(port.value, lines_.size() - 1)];
    line.last = std::max(line.last, ticks_.of(when, clock_.now()));
    while (!bytes.empty() && !is_lost_) {
        const auto part = bytes.first(std::min(bytes.size(), kMostBytes));
        bytes = bytes.subspan(part.size());
        PacketRoom room;
        MIDIPacket* packet = MIDIPacketListInit(&room.list);
        packet =
            MIDIPacketListAdd(&room.list, sizeof room, packet, line.last, part.size(), part.data());
        // What it refuses is an endpoint that is not there any more: the server was started anew.
        is_lost_ = packet == nullptr || MIDIReceived(line.source.get(), &room.list) != noErr;
    }
    return is_lost_ ? io::WriteResult::Lost : io::WriteResult::Taken;
}

Result<std::unique_ptr<io::VirtualPort>> CoreMidiPortOpener::open(const io::DeviceInfo& device) {
    auto named = device;
    if (!name_.empty()) named.name = name_;
    return CoreMidiPort::create(named, ids_);
}

}  // namespace midinet::platform
