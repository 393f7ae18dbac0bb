#include "admin/serve/session.hpp"

#include <boost/beast/ssl/ssl_stream.hpp>

namespace midinet::admin::serve {
namespace {

class TlsSession : public Session<TlsSession> {
  public:
    TlsSession(Tcp::socket socket, net::ssl::context& tls, std::unique_ptr<Seat> seat)
        : Session(std::move(seat)), stream_(std::move(socket), tls) {}
    void begin() {
        beast::get_lowest_layer(stream_).expires_after(10s);
        stream_.async_handshake(net::ssl::stream_base::server,
                                [self = shared_from_this()](beast::error_code error) {
                                    if (!error) self->read_head();
                                });
    }
    auto& stream() noexcept { return stream_; }
    void end() {
        beast::get_lowest_layer(stream_).expires_after(2s);
        stream_.async_shutdown([self = shared_from_this()](beast::error_code) {});
    }

  private:
    beast::ssl_stream<beast::tcp_stream> stream_;
};

}  // namespace

void begin_tls(Tcp::socket socket, net::ssl::context& tls, std::unique_ptr<Seat> seat) {
    std::make_shared<TlsSession>(std::move(socket), tls, std::move(seat))->begin();
}

}  // namespace midinet::admin::serve
