#include "admin/http/guard.hpp"

#include "admin/http/problem.hpp"
#include "admin/http/secret.hpp"
#include "base/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace midinet::admin {
namespace {

/// Nothing, or ':' and digits (RFC 3986 §3.2.3).
bool is_port(std::string_view text) {
    return text.empty() ||
           (text[0] == ':' && text.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

/// "[::1]:8080" → "::1"; "pi.local:80" → "pi.local". Empty: it is no host.
std::string without_port(std::string_view host) {
    const bool is_v6 = host.starts_with('[');
    const auto end = std::min(host.find(is_v6 ? ']' : ':'), host.size());
    if (!is_port(host.substr(std::min(end + (is_v6 ? 1 : 0), host.size())))) return "";
    if (is_v6) return end == host.size() ? "" : ascii_lower(host.substr(1, end - 1));
    auto name = ascii_lower(host.substr(0, end));
    if (name.ends_with('.')) name.pop_back();
    return name;
}

Response too_many(Duration left, const char* of) {
    const auto whole = (left + 1s - Duration{1}) / 1s;
    auto response = problem_response(
        {ProblemKind::TooMany,
         fmt::format("Too many {} from this address; try again in {} s.", of, whole)});
    response.headers.add("Retry-After", std::to_string(whole));
    return response;
}

bool is_json(std::string_view type) {
    const auto media = ascii_lower(type.substr(0, type.find(';')));
    const auto end = media.find_last_not_of(' ');
    return media.substr(0, end + 1) == "application/json";
}

bool changes(Method method) noexcept {
    return method == Method::Post || method == Method::Put || method == Method::Delete ||
           method == Method::Other;
}

bool below_api(std::string_view path) noexcept {
    return path == "/api" || path.starts_with("/api/");
}

/// What a person plays comes in more, and smaller, pieces than what an engineer changes.
bool plays(std::string_view path) noexcept { return below_api(path) && path.ends_with("/play"); }

/// Between the scheme and the token any number of spaces may stand (RFC 9110 section 11.4).
std::string_view trimmed(std::string_view token) {
    token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));
    return token;
}

}  // namespace

Guard::Guard(GuardOptions options) : options_(std::move(options)) {}

std::optional<Response> Guard::refuse(const Request& request, TimePoint now) {
    if (auto problem = check_host(request)) return problem;
    if (auto problem = check_token(request, now)) return problem;
    return check_write(request, now);
}

std::optional<Response> Guard::check_host(const Request& request) const {
    if (request.headers.count("Host") != 1)
        return problem_response(
            {ProblemKind::Malformed, "A request has one Host field (RFC 9112 section 3.2)."});
    const auto host = ascii_lower(*request.headers.find("Host"));
    const auto name = without_port(host);
    const auto& names = options_.hosts;
    if (name != "localhost" && !io::parse_ip(name) &&
        std::find(names.begin(), names.end(), name) == names.end())
        return problem_response(
            {ProblemKind::HostNotAllowed,
             fmt::format("This server is not known as \"{}\": use its address, or add the name to "
                         "admin.hosts.",
                         name)});
    const auto origin = request.headers.find("Origin");
    if (!origin) return std::nullopt;
    if (request.headers.count("Origin") != 1)
        return problem_response(
            {ProblemKind::Malformed, "A request has one Origin field (RFC 6454 section 7.3)."});
    const auto from = ascii_lower(*origin);
    if (from == "http://" + host || from == "https://" + host) return std::nullopt;
    return problem_response(
        {ProblemKind::OriginNotAllowed, fmt::format("A page of {} may not ask {}.", from, host)});
}

std::optional<Response> Guard::check_token(const Request& request, TimePoint now) {
    if (options_.token.empty() || !below_api(request.path)) return std::nullopt;
    const auto given = request.headers.find("Authorization");
    constexpr std::string_view kScheme = "bearer ";
    if (!given)
        return problem_response(
            {ProblemKind::TokenMissing,
             "This server wants a token: send \"Authorization: Bearer …\", with "
             "the one that it was started with."});
    const bool repeated = guesses_.knows(request.from, *given);
    if (const auto left = wrong_tokens_.wait(request.from, now); left > Duration{} && !repeated)
        return too_many(left, "wrong tokens");
    if (ascii_lower(given->substr(0, kScheme.size())) == kScheme &&
        same_secret(trimmed(given->substr(kScheme.size())), options_.token))
        return std::nullopt;
    // Whoever asks with one old token again and again guesses nothing.
    if (!repeated) (void)wrong_tokens_.take(request.from, now);
    guesses_.keep(request.from, *given);
    return problem_response(
        {ProblemKind::TokenWrong, "The token is not the one that this server was started with."});
}

std::optional<Response> Guard::check_write(const Request& request, TimePoint now) {
    if (!changes(request.method)) return std::nullopt;
    if (!request.body.empty() && request.headers.find("Content-Encoding"))
        return problem_response(
            {ProblemKind::NotJson, "The body must be JSON as it is: without Content-Encoding."});
    if (!request.body.empty() &&
        !is_json(request.headers.find("Content-Type").value_or(std::string_view{})))
        return problem_response({ProblemKind::NotJson,
                                 "The body must be JSON, and declared so: \"Content-Type: "
                                 "application/json\"."});
    const bool play = plays(request.path);
    if (const auto left = (play ? plays_ : writes_).take(request.from, now); left > Duration{})
        return too_many(left, play ? "requests to play" : "changes");
    return std::nullopt;
}

}  // namespace midinet::admin
