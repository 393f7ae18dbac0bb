// What this folder takes of Boost. Included by few files: it costs half a minute each.
#pragma once

#include "admin/http/message.hpp"
#include "admin/serve/http_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <atomic>
#include <cstdint>
#include <map>

namespace midinet::admin::serve {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = net::ip::tcp;

io::IpAddress address_of(const net::ip::address& address) noexcept;
/// Errors: the target is none of ours; a sentence.
Result<Request> request_of(http::request<http::string_body>&& message, const io::IpAddress& from);
/// `head`: without the body, whose length is told all the same.
http::response<http::string_body> message_of(Response&& response, bool head);

/// What all connections share. Thread: the server's, but for the counters.
struct House {
    const ServerOptions& options;
    Site& site;
    std::map<io::IpAddress, std::size_t> guests{};  ///< connections by address
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> malformed{0};
    std::atomic<std::uint64_t> timeouts{0};
};

/// A seat in the house, for as long as it lives.
class Seat {
  public:
    Seat(House& house, io::IpAddress from);
    ~Seat();
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;
    House& house() const noexcept { return house_; }
    const io::IpAddress& from() const noexcept { return from_; }

  private:
    House& house_;
    io::IpAddress from_;
};

// Each lives as long as its connection.
void begin_plain(Tcp::socket socket, std::unique_ptr<Seat> seat);
void begin_tls(Tcp::socket socket, net::ssl::context& tls, std::unique_ptr<Seat> seat);

}  // namespace midinet::admin::serve
