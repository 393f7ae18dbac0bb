#include "platform/windows/te_names.hpp"

#include "platform/windows/handle.hpp"

#include <algorithm>

namespace midinet::platform {
namespace {

/// Not in the middle of a surrogate pair.
std::wstring cut(std::wstring name, std::size_t units) {
    if (name.size() <= units) return name;
    const auto is_second_half = [&](std::size_t at) {
        return name[at] >= 0xDC00 && name[at] <= 0xDFFF;
    };
    if (units > 0 && is_second_half(units)) --units;
    name.resize(units);
    return name;
}

std::wstring numbered(const std::wstring& name, std::size_t number) {
    const auto suffix = number == 1 ? std::wstring{} : L" " + std::to_wstring(number);
    return cut(name, kLongestMidiName - suffix.size()) + suffix;
}

}  // namespace

std::vector<std::wstring> te_port_names(const io::DeviceInfo& device) {
    auto own = device.ports;
    if (own.size() <= 1) own = {device.name};
    std::vector<std::wstring> names;
    for (const auto& port : own) {
        const auto name = to_wide(port);
        std::size_t number = 1;
        const auto taken = [&] {
            return std::find(names.begin(), names.end(), numbered(name, number)) != names.end();
        };
        while (taken()) ++number;
        names.push_back(numbered(name, number));
    }
    return names;
}

}  // namespace midinet::platform
