// JSON as people and programs send it: well-formed, and every name once in its object.
#pragma once

#include "admin/http/problem.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <string>

namespace midinet::admin {

/// What `text` says; or why it is not taken: Malformed, when it is no JSON (RFC 8259), Invalid,
/// when a name stands twice in one object: parsers differ in which of the two counts (RFC 8259 §4),
/// and who sent both meant one of them. Any bytes, nested as deeply as there are bytes. Thread:
/// any.
tl::expected<nlohmann::json, Problem> parse_body(const std::string& text);

}  // namespace midinet::admin
