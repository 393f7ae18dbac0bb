// The settings of Windows are not files, and nothing here changes them.
#pragma once

#include <cstddef>

namespace midinet::platform {

/// There is none: whoever is given this says so.
inline constexpr std::nullptr_t open_settings = nullptr;

}  // namespace midinet::platform
