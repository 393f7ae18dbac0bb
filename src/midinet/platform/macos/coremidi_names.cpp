#include "platform/macos/coremidi_names.hpp"

#include <algorithm>

namespace midinet::platform {
namespace {

std::string with_device(const io::DeviceInfo& device, const std::string& port) {
    if (port.empty()) return device.name;
    const bool has_it = port.starts_with(device.name) ||
                        (!device.product.empty() && port.starts_with(device.product));
    return has_it ? port : device.name + " " + port;
}

}  // namespace

std::vector<std::string> endpoint_names(const io::DeviceInfo& device) {
    if (device.ports.size() <= 1) return {device.name};
    std::vector<std::string> names;
    for (const auto& port : device.ports) {
        const auto own = with_device(device, port);
        auto name = own;
        for (int number = 2; std::find(names.begin(), names.end(), name) != names.end(); ++number)
            name = own + " " + std::to_string(number);
        names.push_back(std::move(name));
    }
    return names;
}

}  // namespace midinet::platform
