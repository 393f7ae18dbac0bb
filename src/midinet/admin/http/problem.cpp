#include "admin/http/problem.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace midinet::admin {
namespace {

struct Words {
    unsigned status;
    const char* anchor;
    const char* title;
};

/// In the order of ProblemKind.
constexpr std::array<Words, 22> kWords{{
    {400, "malformed", "The request is malformed"},
    {400, "bad-parameter", "A parameter is wrong"},
    {401, "token-missing", "A token is needed"},
    {401, "token-wrong", "The token is wrong"},
    {403, "host-not-allowed", "The name of this server is not known to it"},
    {403, "origin-not-allowed", "Another site's page may not ask this"},
    {404, "not-found", "There is no such thing here"},
    {405, "method-not-allowed", "This cannot be done with it"},
    {409, "refused", "The show's rules refuse it"},
    {412, "outdated", "It was changed meanwhile"},
    {413, "too-large", "The body is too large"},
    {415, "not-json", "The body is not declared as JSON"},
    {422, "invalid", "The body does not hold what is expected"},
    {426, "upgrade-required", "This is a WebSocket"},
    {428, "confirm", "It wants to be confirmed"},
    {428, "ambiguous", "It is not clear what it begins from"},
    {429, "too-many", "Too many requests"},
    {431, "headers-too-large", "The header is too large"},
    {502, "failed", "It was tried and failed"},
    {503, "nobody-there", "Nobody is there who could do it"},
    {504, "unanswered", "No answer came"},
    {507, "not-kept", "It cannot be kept"},
}};

const Words& words_of(ProblemKind kind) noexcept { return kWords[static_cast<std::size_t>(kind)]; }

}  // namespace

unsigned status_of(ProblemKind kind) noexcept { return words_of(kind).status; }

Response problem_response(const Problem& problem) {
    using Json = nlohmann::ordered_json;
    const auto& words = words_of(problem.kind);
    Json json{{"type", std::string(kApiDocs) + "#" + words.anchor},
              {"title", words.title},
              {"status", words.status},
              {"detail", problem.detail}};
    if (!problem.pointer.empty()) json["pointer"] = problem.pointer;
    if (!problem.more.empty()) json.update(Json::parse(problem.more));
    Response response = json_response(
        json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n', words.status);
    response.type = "application/problem+json";
    if (words.status == 401) response.headers.add("WWW-Authenticate", "Bearer");
    return response;
}

}  // namespace midinet::admin
