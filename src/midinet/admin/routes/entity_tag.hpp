// ETag and If-Match of what may be changed by several.
#pragma once

#include "admin/http/message.hpp"

#include <string>
#include <string_view>

namespace midinet::admin {

/// Whether the field `wanted` names `etag`, or "*" (RFC 9110 §13.1.1). Of our tags, in which there
/// is no comma.
bool tag_matches(std::string_view wanted, const std::string& etag);
/// With its ETag, and not to be cached.
Response tagged(Response response, const std::string& etag);

}  // namespace midinet::admin
