// Devices and ports are written "scheme:place".
#pragma once

#include <optional>
#include <string>

namespace midinet::platform {

/// What follows "scheme:"; nothing when `text` is of another scheme, or has nothing there.
inline std::optional<std::string> after(const std::string& scheme, const std::string& text) {
    if (!text.starts_with(scheme + ":") || text.size() == scheme.size() + 1) return std::nullopt;
    return text.substr(scheme.size() + 1);
}

}  // namespace midinet::platform
