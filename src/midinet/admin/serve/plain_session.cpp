#include "admin/serve/session.hpp"

#include <boost/asio/buffer.hpp>

#include <array>

namespace midinet::admin::serve {
namespace {

class PlainSession : public Session<PlainSession> {
  public:
    PlainSession(Tcp::socket socket, std::unique_ptr<Seat> seat)
        : Session(std::move(seat)), stream_(std::move(socket)) {}
    void begin() { read_head(); }
    beast::tcp_stream& stream() noexcept { return stream_; }
    /// What the other side still sends is read and thrown away for a while: closing on it at once
    /// would make its system throw away our answer instead.
    void end() {
        beast::error_code ignored;
        (void)stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
        stream_.expires_after(2s);
        throw_away();
    }

  private:
    void throw_away() {
        stream_.async_read_some(net::buffer(waste_),
                                [self = shared_from_this()](beast::error_code error, std::size_t) {
                                    if (!error) self->throw_away();
                                });
    }

    std::array<std::byte, 4096> waste_{};
    beast::tcp_stream stream_;
};

}  // namespace

void begin_plain(Tcp::socket socket, std::unique_ptr<Seat> seat) {
    std::make_shared<PlainSession>(std::move(socket), std::move(seat))->begin();
}

}  // namespace midinet::admin::serve
