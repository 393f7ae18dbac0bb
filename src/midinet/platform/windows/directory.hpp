// DNS-SD: there is none here yet.
#pragma once

#include "base/result.hpp"
#include "io/service_directory.hpp"

#include <memory>

namespace midinet::platform {

/// Nothing: hosts are found by their own announcements in the control group, or by address.
inline Result<std::unique_ptr<io::ServiceBrowser>> open_browser(const io::ServiceScope& /*scope*/) {
    return nullptr;
}

}  // namespace midinet::platform
