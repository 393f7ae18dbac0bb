// HTTP, by whatever the system has for it.
#pragma once

#include "io/http_client.hpp"

#include <memory>

namespace midinet::platform {

/// HTTP/1.1, and TLS with the system's certificates. No redirects: a token goes nowhere else.
std::unique_ptr<io::HttpClient> make_http_client();

}  // namespace midinet::platform
