// What went wrong with a request, for programs and for people.
#pragma once

#include "admin/http/message.hpp"

#include <string>
#include <string_view>

namespace midinet::admin {

/// Where the API is explained; each kind of problem has a heading there, which its "type" names.
inline constexpr std::string_view kApiDocs = "/docs/rest_api";

/// Every kind there is. Anchor, title and status: problem.cpp; what to do: docs/rest_api.md.
enum class ProblemKind : std::uint8_t {
    Malformed,         ///< 400
    BadParameter,      ///< 400
    TokenMissing,      ///< 401
    TokenWrong,        ///< 401
    HostNotAllowed,    ///< 403
    OriginNotAllowed,  ///< 403
    NotFound,          ///< 404
    MethodNotAllowed,  ///< 405
    Refused,           ///< 409: by a rule of the show
    Outdated,          ///< 412: it was changed since it was read
    TooLarge,          ///< 413
    NotJson,           ///< 415
    Invalid,           ///< 422
    NoSocket,          ///< 426: a WebSocket, asked for as a page
    Confirm,           ///< 428: the same again within the time that is said
    Ambiguous,         ///< 428: what it is to begin from has to be said
    TooMany,           ///< 429
    HeadersTooLarge,   ///< 431
    Failed,            ///< 502: a host tried, and failed
    NobodyThere,       ///< 503
    Unanswered,        ///< 504: whether it happened is not known
    NotKept,           ///< 507: the disk does not take it
};

/// RFC 9457.
struct Problem {
    ProblemKind kind = ProblemKind::Malformed;
    std::string detail;     ///< one sentence: what, where, what was expected, what to do
    std::string pointer{};  ///< RFC 6901, into the body; empty: it is about no place in it
    std::string more{};     ///< members of a JSON object to add, as text; may be empty
};

unsigned status_of(ProblemKind kind) noexcept;
/// "application/problem+json".
Response problem_response(const Problem& problem);

}  // namespace midinet::admin
