#include "control/cli/api/caller.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string_view>

namespace midinet::control::cli {
namespace {

std::string text_of(const JsonValue& problem, const char* key) {
    const auto at = problem.find(key);
    return at != problem.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

ExitCode code_of(int status) {
    switch (status) {
        case 409:
        case 412:  // somebody else was there first
            return ExitCode::Refused;
        case 428:
            return ExitCode::Confirm;
        case 503:
        case 504:
            return ExitCode::Unreachable;
        default:
            return ExitCode::Error;
    }
}

}  // namespace

tl::expected<JsonValue, ApiRefusal> ApiCaller::ask(const std::string& method,
                                                   const std::string& path,
                                                   const std::string& body) {
    const auto answer = web_.ask({.method = method,
                                  .url = access_.url + path,
                                  .token = access_.token,
                                  .body = body,
                                  .if_match = if_match_});
    if (!answer)
        return tl::unexpected(ApiRefusal{
            ExitCode::Unreachable,
            fmt::format("{} does not answer: {}; is midi-admin running there? Without --url and "
                        "MIDINET_URL the boxes themselves are asked",
                        access_.url, answer.error().message),
            JsonValue::object()});
    etag_ = answer->etag;
    if (answer->status < 200 || answer->status > 299)
        return tl::unexpected(refusal_of(path, *answer));
    if (answer->status == 204 || answer->body.empty()) return JsonValue::object();
    auto json = JsonValue::parse(answer->body, nullptr, false);
    if (json.is_object()) return json;
    return tl::unexpected(
        ApiRefusal{ExitCode::Error,
                   fmt::format("{}{} answers something else than a JSON object: is it midi-admin?",
                               access_.url, path),
                   JsonValue::object()});
}

ApiRefusal ApiCaller::refusal_of(const std::string& path, const io::HttpAnswer& answer) const {
    auto problem = JsonValue::parse(answer.body, nullptr, false);
    if (!problem.is_object()) problem = JsonValue::object();
    ApiRefusal refusal{code_of(answer.status), {}, std::move(problem)};
    const auto detail = text_of(refusal.problem, "detail");
    const auto pointer = text_of(refusal.problem, "pointer");
    if (answer.status == 401)
        refusal.sentence = fmt::format(
            "{} {}: give the token that midi-admin was started with, by MIDINET_API_TOKEN, "
            "--token-file or --token",
            access_.url, access_.token.empty() ? "wants a token" : "does not take this token");
    else if (answer.status == 404 && !path.empty())
        refusal.sentence =
            fmt::format("{} has no {}: {}", access_.url, path,
                        detail.empty() ? "is it midi-admin, and of this version?" : detail);
    else if (!detail.empty())
        refusal.sentence = pointer.empty() ? detail : fmt::format("{} ({})", detail, pointer);
    else
        refusal.sentence = fmt::format("{}{} answers {}; docs/rest_api.md tells what that means",
                                       access_.url, path, answer.status);
    return refusal;
}

Result<ApiAccess> with_token(ApiAccess access) {
    if (!access.token.empty() || access.token_file.empty()) return access;
    constexpr std::size_t kMostToken = 4096;
    std::ifstream file(access.token_file);  // may be a FIFO: --token-file <(pass show midinet)
    access.token.resize(kMostToken + 1);
    file.getline(access.token.data(), static_cast<std::streamsize>(access.token.size()));
    access.token.resize(file.fail() ? 0 : std::char_traits<char>::length(access.token.c_str()));
    while (!access.token.empty() &&
           std::string_view(" \t\r").find(access.token.back()) != std::string_view::npos)
        access.token.pop_back();
    if (access.token.empty())
        return fail(fmt::format("--token-file {}: there is no token in its first line, or it "
                                "cannot be read",
                                access.token_file),
                    static_cast<int>(ExitCode::Usage));
    return access;
}

}  // namespace midinet::control::cli
