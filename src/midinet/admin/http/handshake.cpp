#include "admin/http/handshake.hpp"

#include "admin/http/problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace midinet::admin {
namespace {

/// 16 bytes in base64.
bool is_key(std::string_view key) {
    constexpr std::size_t kSize = 24;
    constexpr std::size_t kPadding = 2;
    const auto is_digit = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
    };
    return key.size() == kSize && key.ends_with("==") &&
           std::all_of(key.begin(), key.end() - kPadding, is_digit);
}

}  // namespace

std::optional<Response> refuse_handshake(const Request& request) {
    constexpr std::string_view kVersion = "13";
    const auto key = request.headers.find("Sec-WebSocket-Key");
    if (!key || request.headers.count("Sec-WebSocket-Key") != 1 || !is_key(*key))
        return problem_response(
            {ProblemKind::Malformed,
             "A WebSocket is opened with one Sec-WebSocket-Key of 16 bytes in base64 (RFC 6455 "
             "section 4.1)."});
    const auto version = request.headers.find("Sec-WebSocket-Version");
    if (version == kVersion && request.headers.count("Sec-WebSocket-Version") == 1)
        return std::nullopt;
    auto response = problem_response(
        {ProblemKind::NoSocket,
         version
             ? fmt::format("WebSockets of version {} are not spoken here; expected 13.", *version)
             : std::string("A WebSocket is opened with Sec-WebSocket-Version: 13.")});
    response.headers.add("Sec-WebSocket-Version", std::string(kVersion));
    response.headers.add("Upgrade", "websocket");
    return response;
}

}  // namespace midinet::admin
