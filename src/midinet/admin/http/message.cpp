#include "admin/http/message.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace midinet::admin {
namespace {

bool same_name(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

}  // namespace

std::string_view to_string(Method method) noexcept {
    switch (method) {
        case Method::Get:
            return "GET";
        case Method::Head:
            return "HEAD";
        case Method::Post:
            return "POST";
        case Method::Put:
            return "PUT";
        case Method::Delete:
            return "DELETE";
        case Method::Options:
            return "OPTIONS";
        case Method::Other:
            break;
    }
    return "";
}

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : fields_)
        if (same_name(key, name)) return value;
    return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const noexcept {
    return static_cast<std::size_t>(std::count_if(
        begin(), end(), [name](const auto& field) { return same_name(field.first, name); }));
}

Response json_response(std::string body, unsigned status) {
    return {.status = status, .type = "application/json", .body = std::move(body)};
}

Response live_json_response(std::string body, unsigned status) {
    auto response = json_response(std::move(body), status);
    response.headers.add("Cache-Control", "no-store");
    return response;
}

Response text_response(std::string body) {
    return {.type = "text/plain; charset=utf-8", .body = std::move(body)};
}

}  // namespace midinet::admin
