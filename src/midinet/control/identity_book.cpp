#include "control/identity_book.hpp"

#include "control/port_identity.hpp"

#include <algorithm>

namespace midinet::control {

/// The host's own, or a new one; nothing while all are taken by hosts that are heard.
IdentityBook::Entry* IdentityBook::place_for(SourceId source, TimePoint now) {
    if (const auto found = entries_.find(source); found != entries_.end()) return &found->second;
    if (entries_.size() == kMaxHosts)
        std::erase_if(entries_, [&](const auto& e) { return now - e.second.heard > kForgetAfter; });
    return entries_.size() < kMaxHosts ? &entries_[source] : nullptr;
}

const IdentityBook::Entry* IdentityBook::take(ByteView bytes, io::Endpoint from, TimePoint now) {
    const auto datagram = wire::decode_datagram(bytes);
    if (!datagram || datagram->header.kind != wire::PacketKind::Identity) return nullptr;
    const auto identity = wire::decode_identity(datagram->payload);
    if (!identity) return nullptr;
    auto* entry = place_for(identity->source, now);
    if (entry == nullptr) return nullptr;
    const bool is_new = entry->heard == TimePoint{};
    const bool zombie = identity->epoch < entry->identity.epoch;
    if (!is_new && zombie && now - entry->heard <= kForgetAfter) return nullptr;
    const bool changed = is_new || !(entry->identity == *identity);
    entry->identity = *identity;
    entry->from = from;
    entry->heard = now;
    if (!changed) return nullptr;
    entry->is_remarkable = is_new || now - entry->told >= kQuiet;
    if (entry->is_remarkable) entry->told = now;
    return entry;
}

const IdentityBook::Entry* IdentityBook::find(SourceId source) const {
    const auto found = entries_.find(source);
    return found == entries_.end() ? nullptr : &found->second;
}

io::DeviceInfo device_of(const wire::Identity& identity) {
    io::DeviceInfo device;
    device.name = identity.device_name.view();
    device.manufacturer = identity.manufacturer.view();
    device.product = identity.product.view();
    device.serial = identity.serial.view();
    device.usb_vendor = identity.usb_vendor;
    device.usb_product = identity.usb_product;
    for (const auto& port : identity.ports) device.ports.emplace_back(port.view());
    if (device.ports.empty()) device.ports.push_back(device.name);
    return device;
}

void describe_device(const io::DeviceInfo& device, wire::Identity& identity) {
    // Without a name there would be no device, and no client would open its port.
    const bool nameless = device.name.empty() && !device.ports.empty();
    identity.device_name = wire::Name{nameless ? PortIdentity::kFallbackName : device.name};
    identity.manufacturer = wire::Name{device.manufacturer};
    identity.product = wire::Name{device.product};
    identity.serial = wire::Name{device.serial};
    identity.usb_vendor = device.usb_vendor;
    identity.usb_product = device.usb_product;
    identity.replies = {};  // what the device before said of itself
    identity.ports.clear();
    for (const auto& port : device.ports) (void)identity.ports.push_back(wire::Name{port});
}

}  // namespace midinet::control
