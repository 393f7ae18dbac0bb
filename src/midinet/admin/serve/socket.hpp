// One WebSocket, from its handshake to its end. For the two files that make one.
#pragma once

#include "admin/serve/beast.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>
#include <deque>
#include <memory>

namespace midinet::admin::serve {

namespace websocket = beast::websocket;

/// What is heard goes to the site's end of it, and tells that somebody is there. Whoever says
/// nothing for kSilence, not even to a ping, is cut off; a message longer than kMostHeard ends it.
/// Thread: the server's.
template <typename Stream>
class Socket final : public std::enable_shared_from_this<Socket<Stream>>, public SocketLine {
  public:
    static constexpr std::size_t kMostHeard = 4096;  ///< bytes
    static constexpr std::chrono::seconds kSilence{20};
    static constexpr std::chrono::seconds kHandshake{10};

    Socket(Stream stream, std::unique_ptr<SocketEnd> end, std::unique_ptr<Seat> seat)
        : seat_(std::move(seat)), stream_(std::move(stream)), end_(std::move(end)) {}

    void begin(const http::request<http::string_body>& upgrade) {
        beast::get_lowest_layer(stream_).expires_never();
        stream_.set_option(
            websocket::stream_base::timeout{kHandshake, kSilence, /*keep_alive_pings=*/true});
        stream_.read_message_max(kMostHeard);
        stream_.text(true);
        stream_.async_accept(upgrade, [self = self()](beast::error_code error) {
            if (error) return;
            self->end_->on_open(*self);
            self->read();
        });
    }

    bool send(SocketText text) override {
        if (queue_.size() >= kMostQueued) return false;
        queue_.push_back(std::move(text));
        if (queue_.size() == 1) write();
        return true;
    }
    std::size_t queued() const noexcept override { return queue_.size(); }

  private:
    std::shared_ptr<Socket> self() { return this->shared_from_this(); }

    void read() {
        stream_.async_read(heard_, [self = self()](beast::error_code error, std::size_t) {
            if (error) return;
            const auto heard = self->heard_.cdata();
            self->end_->on_text({static_cast<const char*>(heard.data()), heard.size()});
            self->heard_.clear();
            self->read();
        });
    }
    void write() {
        stream_.async_write(net::buffer(*queue_.front()),
                            [self = self()](beast::error_code error, std::size_t) {
                                if (error) return;
                                self->queue_.pop_front();
                                if (!self->queue_.empty()) self->write();
                                self->end_->on_room();
                            });
    }

    std::unique_ptr<Seat> seat_;
    websocket::stream<Stream> stream_;
    std::unique_ptr<SocketEnd> end_;
    beast::flat_buffer heard_;
    std::deque<SocketText> queue_;
};

}  // namespace midinet::admin::serve
