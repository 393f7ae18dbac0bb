#include "control/port_identity.hpp"

#include <algorithm>

namespace midinet::control {
namespace {

std::size_t port_count(const io::DeviceInfo& device) {
    return std::max<std::size_t>(device.ports.size(), 1);
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
    const bool renamed = use == io::IdentityUse::NameAndPorts && opened.name != device_->name;
    return renamed || port_count(opened) != port_count(*device_);
}

std::optional<SourceId> PortIdentity::to_ask() const {
    return told_ || heard_at_ == kNever ? std::nullopt : std::optional{heard_};
}

}  // namespace midinet::control
