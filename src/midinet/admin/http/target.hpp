// What a request is about: path and parameters (RFC 3986 §3.3, §3.4).
#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>

namespace midinet::admin {

struct Target {
    std::string path;   ///< decoded
    std::string query;  ///< as it came, without '?'
};
/// Of an origin-form target (RFC 9112 §3.2.1). Errors: a sentence; for a path that does not begin
/// with '/', a wrong escape, or a decoded byte below 0x20 or 0x7F.
Result<Target> parse_target(std::string_view text);

using Parameters = std::map<std::string, std::string, std::less<>>;
/// "a=1&b=x%20y". Errors: a sentence, naming the parameter: a wrong escape, or one given twice.
Result<Parameters> parse_query(std::string_view query);

}  // namespace midinet::admin
