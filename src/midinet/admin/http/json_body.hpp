// JSON as people and programs send it: well-formed, not too deep, and every name once in its
// object.
#pragma once

#include "admin/http/problem.hpp"

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace midinet::admin {

/// Objects and lists in one another, the body itself counted. Nothing of ours has half of them; who
/// reads or prints a value does so level by level, on a stack that ends.
inline constexpr std::size_t kDeepestJson = 32;

/// What `text` says; or why it is not taken: Malformed, when it is no JSON (RFC 8259); Invalid,
/// when it is deeper than kDeepestJson, or a name stands twice in one object: parsers differ in
/// which of the two counts (RFC 8259 §4), and who sent both meant one of them. Range: any bytes.
/// Thread: any.
tl::expected<nlohmann::json, Problem> parse_body(const std::string& text);

/// `key` as a step of a JSON pointer, without the slash (RFC 6901 §3).
std::string escaped(std::string_view key);

/// The beginning of `value`, for a sentence about it.
std::string shown(const nlohmann::json& value);

}  // namespace midinet::admin
