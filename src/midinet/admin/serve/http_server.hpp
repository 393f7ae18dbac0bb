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
#include <string_view>
#include <vector>

namespace midinet::admin {

/// Shared: one text goes to many sockets.
using SocketText = std::shared_ptr<const std::string>;

/// An open WebSocket (RFC 6455), to speak into. Thread: the server's.
class SocketLine {
  public:
    static constexpr std::size_t kMostQueued = 32;  ///< messages that wait for their reader
    virtual ~SocketLine() = default;
    /// False: its reader is too slow, and the message is dropped.
    virtual bool send(SocketText text) = 0;
    virtual std::size_t queued() const noexcept = 0;
};

/// The site's end of one. Destroyed when it closes. Thread: the server's.
class SocketEnd {
  public:
    virtual ~SocketEnd() = default;
    /// Once, first. Lifetime: `line` outlives this.
    virtual void on_open(SocketLine& line) = 0;
    /// Something was written out: there is room again.
    virtual void on_room() = 0;
    /// Its other side said something, at most 4 KiB; most sockets do not mind. Lifetime: `text`
    /// during the call.
    virtual void on_text(std::string_view /*text*/) {}
};

/// What is served. Thread: the server's alone.
class Site {
  public:
    virtual ~Site() = default;
    virtual void on_request(Request request, const Respond& respond) = 0;
    /// A request to open a WebSocket. Errors: what to answer instead.
    virtual tl::expected<std::unique_ptr<SocketEnd>, Response> on_socket(
        const Request& request) = 0;
};

struct TlsFiles {
    std::string certificate;  ///< a PEM chain
    std::string key;          ///< PEM
};

struct ServerOptions {
    io::IpEndpoint listen;  ///< port 0: any free one
    int passed = -1;        ///< a listening TCP socket to serve on, not `listen`; the server's own
    TlsFiles tls;           ///< both empty: none
    std::size_t most_connections = 2000;
    std::size_t most_per_address = 1100;   ///< so that no address alone takes them all
    std::size_t kept_for_loopback = 64;    ///< beyond those: two addresses could take them all
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
