// HTTP/1.1 for a site, over TCP or TLS. The library behind it is known to this folder alone.
#pragma once

#include "admin/http/message.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "io/ip_address.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace midinet::admin {

/// What is served. Thread: the server's alone.
class Site {
  public:
    virtual ~Site() = default;
    virtual void on_request(Request request, const Respond& respond) = 0;
};

struct TlsFiles {
    std::string certificate;  ///< a PEM chain
    std::string key;          ///< PEM
};

struct ServerOptions {
    io::IpEndpoint listen;  ///< port 0: any free one
    TlsFiles tls;           ///< both empty: none
    std::size_t most_connections = 1200;
    std::size_t most_per_address = 1100;   ///< so that nobody takes them all
    std::size_t most_body = 1U << 20U;     ///< bytes
    std::size_t most_header = 16U << 10U;  ///< bytes
    Duration head_within = 10s;            ///< a request's header, from when it may come
    Duration body_within = 10s;
    Duration write_within = 10s;
    std::function<void()> on_thread{};  ///< runs first on the server's thread; may be empty
};

/// Counted since the start.
struct ServerCounters {
    std::uint64_t requests = 0;
    std::uint64_t connections = 0;  ///< now
    std::uint64_t refused = 0;      ///< connections, for there were too many
    std::uint64_t malformed = 0;
    std::uint64_t timeouts = 0;
};

/// Runs on a thread of its own until it is destroyed; connections are then cut.
/// Exceptions of the library end in it.
class HttpServer {
  public:
    /// Errors: the address cannot be had (exit code 1); certificate or key cannot be read (2).
    /// Lifetime: `site` outlives the server.
    static Result<std::unique_ptr<HttpServer>> open(const ServerOptions& options, Site& site);
    virtual ~HttpServer() = default;
    virtual io::IpEndpoint local() const = 0;
    /// Runs it on the server's thread. Thread: any.
    virtual void post(std::function<void()> task) = 0;
    /// Thread: any.
    virtual ServerCounters counters() const = 0;
};

}  // namespace midinet::admin
