// One connection, from its first request to its last. For the two files that make one.
#pragma once

#include "admin/http/handshake.hpp"
#include "admin/http/problem.hpp"
#include "admin/serve/beast.hpp"
#include "admin/serve/socket.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include <memory>
#include <optional>
#include <type_traits>

namespace midinet::admin::serve {

/// Derived makes the stream and ends it. One request at a time: those that were sent ahead wait in
/// the buffer. Whoever is slower than the limits is cut off. Thread: the server's.
template <typename Derived>
class Session : public std::enable_shared_from_this<Derived> {
  protected:
    explicit Session(std::unique_ptr<Seat> seat) : seat_(std::move(seat)) {}

    void read_head() {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(options().most_header));
        parser_->body_limit(options().most_body);
        lowest().expires_after(options().head_within);
        http::async_read_header(
            stream(), buffer_, *parser_,
            [self = self()](beast::error_code error, std::size_t) { self->on_head(error); });
    }

  private:
    Derived& derived() { return static_cast<Derived&>(*this); }
    std::shared_ptr<Derived> self() { return this->shared_from_this(); }
    auto& stream() { return derived().stream(); }
    beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream()); }
    const ServerOptions& options() const { return seat_->house().options; }

    void on_head(beast::error_code error) {
        if (error) return give_up(error);
        if (beast::iequals(parser_->get()[http::field::expect], "100-continue"))
            return say_continue();
        read_body();
    }
    void say_continue() {
        interim_ = http::response<http::string_body>(http::status::continue_, 11);
        lowest().expires_after(options().write_within);
        http::async_write(stream(), interim_,
                          [self = self()](beast::error_code error, std::size_t) {
                              if (!error) self->read_body();
                          });
    }
    void read_body() {
        lowest().expires_after(options().body_within);
        http::async_read(stream(), buffer_, *parser_,
                         [self = self()](beast::error_code error, std::size_t) {
                             if (error) return self->give_up(error);
                             self->ask();
                         });
    }

    void ask() {
        lowest().expires_never();
        seat_->house().requests.fetch_add(1, std::memory_order_relaxed);
        auto message = parser_->release();
        if (websocket::is_upgrade(message)) return open_socket(std::move(message));
        keep_alive_ = message.keep_alive();
        head_ = message.method() == http::verb::head;
        auto request = request_of(std::move(message), seat_->from());
        if (!request) return refuse({ProblemKind::Malformed, request.error().message});
        seat_->house().site.on_request(
            std::move(*request),
            [waiting = self(), executor = lowest().get_executor()](Response response) mutable {
                if (!waiting) return;
                auto session = std::move(waiting);
                net::dispatch(executor, [session, answer = std::move(response)]() mutable {
                    session->write(std::move(answer));
                });
            });
    }

    void open_socket(http::request<http::string_body>&& message) {
        keep_alive_ = false;
        const auto request = request_of(http::request<http::string_body>(message), seat_->from());
        if (!request) return refuse({ProblemKind::Malformed, request.error().message});
        if (auto problem = refuse_handshake(*request)) return write(*std::move(problem));
        auto end = seat_->house().site.on_socket(*request);
        if (!end) return write(std::move(end.error()));
        using Stream = std::remove_reference_t<decltype(stream())>;
        std::make_shared<Socket<Stream>>(std::move(stream()), std::move(*end), std::move(seat_))
            ->begin(message);
    }

    void write(Response&& response) {
        answer_ = message_of(std::move(response), head_);
        answer_.keep_alive(keep_alive_);
        lowest().expires_after(options().write_within);
        if (head_) {
            serializer_.emplace(answer_);
            return http::async_write_header(
                stream(), *serializer_,
                [self = self()](beast::error_code error, std::size_t) { self->on_written(error); });
        }
        http::async_write(stream(), answer_, [self = self()](beast::error_code error, std::size_t) {
            self->on_written(error);
        });
    }
    void on_written(beast::error_code error) {
        serializer_.reset();
        if (error) return count_timeout(error);
        if (!keep_alive_) return derived().end();
        read_head();
    }

    /// The last answer of this connection: what follows cannot be told apart any more.
    void refuse(const Problem& problem) {
        seat_->house().malformed.fetch_add(1, std::memory_order_relaxed);
        keep_alive_ = false;
        write(problem_response(problem));
    }
    void give_up(beast::error_code error) {
        if (error == http::error::header_limit)
            return refuse(
                {ProblemKind::HeadersTooLarge,
                 "The header is longer than " + std::to_string(options().most_header) + " bytes."});
        if (error == http::error::body_limit)
            return refuse(
                {ProblemKind::TooLarge,
                 "The body is longer than " + std::to_string(options().most_body) + " bytes."});
        if (error == http::error::end_of_stream) return derived().end();
        if (error.category() == beast::error_code(http::error::bad_method).category() &&
            error != http::error::partial_message)
            return refuse(
                {ProblemKind::Malformed, "This is no HTTP/1.1 request: " + error.message() + "."});
        count_timeout(error);
    }
    void count_timeout(beast::error_code error) {
        if (error == beast::error::timeout)
            seat_->house().timeouts.fetch_add(1, std::memory_order_relaxed);
    }

    std::unique_ptr<Seat> seat_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    http::response<http::string_body> interim_;
    http::response<http::string_body> answer_;
    std::optional<http::response_serializer<http::string_body>> serializer_;
    bool keep_alive_ = false;
    bool head_ = false;
};

}  // namespace midinet::admin::serve
