#include "control/tuning/places.hpp"

#include <algorithm>
#include <optional>

namespace midinet::control::tuning::places {
namespace {

/// What is between the two; nothing: the path is another one.
std::optional<std::string_view> between(std::string_view path, std::string_view before,
                                        std::string_view after) noexcept {
    if (path.size() <= before.size() + after.size()) return std::nullopt;
    if (!path.starts_with(before) || !path.ends_with(after)) return std::nullopt;
    return path.substr(before.size(), path.size() - before.size() - after.size());
}

/// One name of a folder, as the kernel gives them: "policy0", "39", "1-1.2".
bool is_name(std::optional<std::string_view> name) noexcept {
    constexpr std::string_view kOthers = "-._:";
    return name && !name->starts_with('.') && std::all_of(name->begin(), name->end(), [&](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      kOthers.find(c) != std::string_view::npos;
           });
}

}  // namespace

bool is_setting(std::string_view path) {
    return path == kReceiveBufferMax || path == kSendBufferMax || path == kRtRuntime ||
           is_name(between(path, kCpuPolicies + '/', "/scaling_governor")) ||
           is_name(between(path, "/proc/irq/", "/smp_affinity_list")) ||
           is_name(between(path, kUsbDevices + '/', "/power/control"));
}

}  // namespace midinet::control::tuning::places
