// Asking a web server.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>

namespace midinet::io {

struct HttpQuestion {
    std::string method = "GET";
    std::string url;
    std::string token;     ///< sent as a bearer token; empty: none is sent
    std::string body;      ///< JSON; empty: none is sent
    std::string if_match;  ///< an ETag; empty: none is sent
    Duration patience = 8s;
};
struct HttpAnswer {
    int status = 0;
    std::string body;
    std::string etag;  ///< as it came, with its quotes; empty: none
};

/// Thread: any; calls may run beside each other. They wait for the network.
class HttpClient {
  public:
    virtual ~HttpClient() = default;
    /// Errors: no answer came; why, for a person. Every answer is one, whatever its status.
    virtual Result<HttpAnswer> ask(const HttpQuestion& question) = 0;
};

}  // namespace midinet::io
