#include "admin/http/target.hpp"
#include "admin/serve/beast.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/field.hpp>
#include <fmt/format.h>

#include <optional>
#include <thread>

namespace midinet::admin {
namespace serve {

io::IpAddress address_of(const net::ip::address& address) noexcept {
    if (address.is_v4()) return io::IpAddress::from_ipv4(address.to_v4().to_uint());
    return io::IpAddress{address.to_v6().to_bytes()};
}

namespace {

Method method_of(http::verb verb) noexcept {
    switch (verb) {
        case http::verb::get:
            return Method::Get;
        case http::verb::head:
            return Method::Head;
        case http::verb::post:
            return Method::Post;
        case http::verb::put:
            return Method::Put;
        case http::verb::delete_:
            return Method::Delete;
        case http::verb::options:
            return Method::Options;
        default:
            return Method::Other;
    }
}

Tcp::endpoint endpoint_of(const io::IpEndpoint& endpoint) {
    if (!endpoint.address.is_ipv4())
        return {net::ip::address_v6(endpoint.address.bytes()), endpoint.port};
    const auto& b = endpoint.address.bytes();
    return {net::ip::address_v4({b[12], b[13], b[14], b[15]}), endpoint.port};
}

}  // namespace

Result<Request> request_of(http::request<http::string_body>&& message, const io::IpAddress& from) {
    const auto target = message.target();
    auto parsed = parse_target({target.data(), target.size()});
    if (!parsed) return tl::unexpected(parsed.error());
    Request request{.method = method_of(message.method()),
                    .path = std::move(parsed->path),
                    .query = std::move(parsed->query),
                    .from = from};
    for (const auto& field : message)
        request.headers.add(std::string(field.name_string()), std::string(field.value()));
    request.body = std::move(message.body());
    return request;
}

http::response<http::string_body> message_of(Response&& response, bool head) {
    http::response<http::string_body> message(static_cast<http::status>(response.status), 11);
    message.set(http::field::server, "midi-admin");
    if (!response.type.empty()) message.set(http::field::content_type, response.type);
    for (const auto& [name, value] : response.headers) message.insert(name, value);
    const auto length = response.body.size();
    if (!head) message.body() = std::move(response.body);
    // Of neither a length would be true (RFC 9110 §8.6).
    if (response.status != 204 && response.status != 304) message.content_length(length);
    return message;
}

Seat::Seat(House& house, io::IpAddress from) : house_(house), from_(from) {
    ++house_.guests[from_];
    house_.connections.fetch_add(1, std::memory_order_relaxed);
}

Seat::~Seat() {
    const auto found = house_.guests.find(from_);
    if (found != house_.guests.end() && --found->second == 0) house_.guests.erase(found);
    house_.connections.fetch_sub(1, std::memory_order_relaxed);
}

namespace {

class BeastServer : public HttpServer {
  public:
    BeastServer(ServerOptions options, Site& site)
        : options_(std::move(options)), house_{options_, site}, acceptor_(context_) {}
    ~BeastServer() override {
        context_.stop();
        if (thread_.joinable()) thread_.join();
    }
    BeastServer(const BeastServer&) = delete;
    BeastServer& operator=(const BeastServer&) = delete;

    Result<void> begin() {
        if (auto read = read_tls(); !read) return read;
        if (auto opened = listen(); !opened) return opened;
        accept();
        thread_ = std::thread([this] { run(); });
        return {};
    }
    io::IpEndpoint local() const override { return local_; }
    void post(std::function<void()> task) override { net::post(context_, std::move(task)); }
    ServerCounters counters() const override {
        const auto read = [](const auto& counter) {
            return counter.load(std::memory_order_relaxed);
        };
        return {read(house_.requests), read(house_.connections), read(house_.refused),
                read(house_.malformed), read(house_.timeouts)};
    }

  private:
    Result<void> read_tls() {
        const auto& files = options_.tls;
        if (files.certificate.empty() && files.key.empty()) return {};
        beast::error_code error;
        tls_.emplace(net::ssl::context::tls_server);
        (void)tls_->set_options(net::ssl::context::default_workarounds |
                                    net::ssl::context::no_tlsv1 | net::ssl::context::no_tlsv1_1,
                                error);
        (void)tls_->use_certificate_chain_file(files.certificate, error);
        if (error)
            return fail(fmt::format("the TLS certificate {} cannot be used ({}); expected a PEM "
                                    "file with the chain",
                                    files.certificate, error.message()),
                        2);
        (void)tls_->use_private_key_file(files.key, net::ssl::context::pem, error);
        if (error)
            return fail(fmt::format("the TLS key {} cannot be used ({}); expected the PEM file of "
                                    "the certificate's key, without a pass phrase",
                                    files.key, error.message()),
                        2);
        return {};
    }

    Result<void> listen() {
        if (options_.passed >= 0) return take_passed();
        const auto endpoint = endpoint_of(options_.listen);
        beast::error_code error;
        const auto tried = [&error](beast::error_code made) { return !(error = made); };
        const bool listening =
            tried(acceptor_.open(endpoint.protocol(), error)) &&
            tried(acceptor_.set_option(Tcp::acceptor::reuse_address(true), error)) &&
            tried(acceptor_.bind(endpoint, error)) &&
            tried(acceptor_.listen(net::socket_base::max_listen_connections, error));
        if (!listening)
            return fail(
                fmt::format("cannot listen on {}: {}; choose another address or port with "
                            "--listen",
                            io::to_string(options_.listen), error.message()));
        local_ = {options_.listen.address, acceptor_.local_endpoint(error).port()};
        return {};
    }

    /// The family it is assigned under is for opening sockets alone: one of IPv4 serves as well.
    Result<void> take_passed() {
        beast::error_code error;
        if (!acceptor_.assign(Tcp::v6(), options_.passed, error)) {
            const auto local = acceptor_.local_endpoint(error);
            local_ = {address_of(local.address()), local.port()};
        }
        if (error)
            return fail("the socket that was passed to it cannot be used: " + error.message());
        return {};
    }

    void accept() {
        acceptor_.async_accept([this](beast::error_code error, Tcp::socket socket) {
            if (!error) greet(std::move(socket));
            if (error == net::error::no_descriptors) return accept_later();
            accept();
        });
    }
    /// Where no descriptor is left, trying at once would only burn the processor.
    void accept_later() {
        pause_.expires_after(std::chrono::milliseconds(100));
        pause_.async_wait([this](beast::error_code) { accept(); });
    }
    void greet(Tcp::socket socket) {
        beast::error_code error;
        const auto peer = socket.remote_endpoint(error);
        if (error) return;
        const auto from = address_of(peer.address());
        const auto found = house_.guests.find(from);
        const auto most = options_.most_connections +
                          (peer.address().is_loopback() ? options_.kept_for_loopback : 0);
        if (house_.connections >= most ||
            (found != house_.guests.end() && found->second >= options_.most_per_address)) {
            house_.refused.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        (void)socket.set_option(Tcp::no_delay(true), error);
        auto seat = std::make_unique<Seat>(house_, from);
        if (tls_)
            begin_tls(std::move(socket), *tls_, std::move(seat));
        else
            begin_plain(std::move(socket), std::move(seat));
    }
    void run() {
        if (options_.on_thread) options_.on_thread();
        context_.run();
    }

    ServerOptions options_;
    House house_;
    std::optional<net::ssl::context> tls_;
    net::io_context context_{1};
    Tcp::acceptor acceptor_;
    net::steady_timer pause_{context_};
    io::IpEndpoint local_;
    std::thread thread_;
};

}  // namespace
}  // namespace serve

Result<std::unique_ptr<HttpServer>> HttpServer::open(const ServerOptions& options, Site& site) {
    auto server = std::make_unique<serve::BeastServer>(options, site);
    if (auto begun = server->begin(); !begun) return tl::unexpected(begun.error());
    return server;
}

}  // namespace midinet::admin
