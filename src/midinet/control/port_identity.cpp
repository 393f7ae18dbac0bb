#include "control/port_identity.hpp"

#include <algorithm>
#include <utility>

namespace midinet::control {
namespace {

std::size_t port_count(const io::DeviceInfo& device) {
    return std::max<std::size_t>(device.ports.size(), 1);
}

/// Whether applications can tell them apart. Not by serial number: a spare is as good.
bool look_alike(const io::DeviceInfo& a, const io::DeviceInfo& b) {
    return a.name == b.name && a.usb_vendor == b.usb_vendor && a.usb_product == b.usb_product &&
           a.ports == b.ports;
}

}  // namespace

void PortIdentity::on_host_heard(SourceId source, TimePoint now) {
    if (heard_at_ != kNever) return;
    heard_ = source;
    heard_at_ = now;
}

void PortIdentity::on_identity(const io::DeviceInfo& device) {
    told_ = true;
    if (!device_ && !device.name.empty()) device_ = device;
}

bool PortIdentity::on_played(const io::DeviceInfo& device) {
    if (device.name.empty() || !device_) return false;
    if (look_alike(device, *device_)) {
        other_.reset();
        return false;
    }
    if (other_ && look_alike(device, *other_)) return false;
    other_ = device;
    return true;
}

std::optional<io::DeviceInfo> PortIdentity::confirm() {
    if (!other_) return std::nullopt;
    device_ = std::exchange(other_, std::nullopt);
    return device_;
}

std::optional<io::DeviceInfo> PortIdentity::to_open(io::IdentityUse use, TimePoint now) const {
    if (device_) return device_;
    if (use != io::IdentityUse::NameAndPorts) return io::DeviceInfo{};
    if (told_ || heard_at_ == kNever || now - heard_at_ < kPatience) return std::nullopt;
    io::DeviceInfo fallback;
    fallback.name = kFallbackName;
    return fallback;
}

bool PortIdentity::outdates(const io::DeviceInfo& opened, io::IdentityUse use) const {
    if (!device_ || use == io::IdentityUse::None) return false;
    if (use == io::IdentityUse::NameAndPorts && !look_alike(opened, *device_)) return true;
    return port_count(opened) != port_count(*device_);
}

std::optional<SourceId> PortIdentity::to_ask() const {
    return told_ || heard_at_ == kNever ? std::nullopt : std::optional{heard_};
}

}  // namespace midinet::control
