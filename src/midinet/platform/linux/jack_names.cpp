#include "platform/linux/jack_names.hpp"

#include <algorithm>
#include <string_view>

namespace midinet::platform {
namespace {

constexpr std::string_view kInSuffix = " (playback)";

std::string without_colons(std::string name) {
    std::replace(name.begin(), name.end(), ':', '_');
    return name;
}

/// Not in the middle of a UTF-8 character.
std::string cut(std::string name, std::size_t bytes) {
    if (name.size() <= bytes) return name;
    while (bytes > 0 && (static_cast<unsigned char>(name[bytes]) & 0xC0U) == 0x80) --bytes;
    name.resize(bytes);
    return name;
}

bool is_taken(const std::vector<JackPortNames>& names, const JackPortNames& wanted) {
    return std::any_of(names.begin(), names.end(), [&](const JackPortNames& name) {
        return name.out == wanted.out || name.out == wanted.in || name.in == wanted.out ||
               name.in == wanted.in;
    });
}

JackPortNames numbered(const std::string& name, std::size_t number, std::size_t most) {
    const auto suffix = number == 1 ? std::string{} : " " + std::to_string(number);
    const auto out = cut(name, most - suffix.size() - kInSuffix.size()) + suffix;
    return {.out = out, .in = out + std::string(kInSuffix)};
}

}  // namespace

std::string jack_client_name(const io::DeviceInfo& device, const JackNameLimits& limits) {
    return cut(without_colons(device.name), limits.client);
}

std::vector<JackPortNames> jack_port_names(const io::DeviceInfo& device,
                                           const JackNameLimits& limits) {
    auto own = device.ports;
    if (own.empty()) own = {device.name};
    std::vector<JackPortNames> names;
    for (const auto& port : own) {
        const auto name = without_colons(port);
        std::size_t number = 1;
        while (is_taken(names, numbered(name, number, limits.port))) ++number;
        names.push_back(numbered(name, number, limits.port));
    }
    return names;
}

}  // namespace midinet::platform
