// A look into the double's strings.
#pragma once

#include <CoreFoundation/CoreFoundation.h>

#include <string>

struct DoubleString {
    std::string text;  ///< UTF-8
};

namespace midinet::macos_double {

/// Strings that were created and not released.
int strings_alive() noexcept;

}  // namespace midinet::macos_double
