// DNS-SD by Avahi.
#pragma once

#include "base/result.hpp"
#include "io/service_directory.hpp"

#include <memory>

namespace midinet::platform {

// Nothing where there is nobody to tell or to find: no interface but the loopback. Errors: the
// descriptors it takes; that Avahi cannot be used is a notice later.
Result<std::unique_ptr<io::ServiceAnnouncer>> open_announcer(io::ServiceScope scope);
Result<std::unique_ptr<io::ServiceBrowser>> open_browser(io::ServiceScope scope);

}  // namespace midinet::platform
