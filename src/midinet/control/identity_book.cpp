#include "control/identity_book.hpp"

#include <algorithm>

namespace midinet::control {

const IdentityBook::Entry* IdentityBook::take(ByteView bytes, io::Endpoint from) {
    const auto datagram = wire::decode_datagram(bytes);
    if (!datagram || datagram->header.kind != wire::PacketKind::Identity) return nullptr;
    const auto identity = wire::decode_identity(datagram->payload);
    if (!identity) return nullptr;
    const auto found = entries_.find(identity->source);
    if (found == entries_.end())
        return entries_.size() < kMaxHosts
                   ? &entries_.emplace(identity->source, Entry{*identity, from}).first->second
                   : nullptr;
    auto& entry = found->second;
    if (identity->epoch < entry.identity.epoch) return nullptr;  // a zombie's
    const bool changed = !(entry.identity == *identity);
    entry = {*identity, from};
    return changed ? &entry : nullptr;
}

const IdentityBook::Entry* IdentityBook::find(SourceId source) const {
    const auto found = entries_.find(source);
    return found == entries_.end() ? nullptr : &found->second;
}

io::DeviceInfo device_of(const wire::Identity& identity) {
    io::DeviceInfo device;
    device.name = identity.device_name.view();
    device.manufacturer = identity.manufacturer.view();
    device.serial = identity.serial.view();
    device.usb_vendor = identity.usb_vendor;
    device.usb_product = identity.usb_product;
    for (const auto& port : identity.ports) device.ports.emplace_back(port.view());
    if (device.ports.empty()) device.ports.push_back(device.name);
    return device;
}

void describe_device(const io::DeviceInfo& device, wire::Identity& identity) {
    identity.device_name = wire::Name{device.name};
    identity.manufacturer = wire::Name{device.manufacturer};
    identity.serial = wire::Name{device.serial};
    identity.usb_vendor = device.usb_vendor;
    identity.usb_product = device.usb_product;
    identity.ports.clear();
    for (const auto& port : device.ports) (void)identity.ports.push_back(wire::Name{port});
}

}  // namespace midinet::control
