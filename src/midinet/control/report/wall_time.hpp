// Moments of the wall clock, as JSON has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace midinet::control {

/// "2026-11-27T19:29:01.123Z" (RFC 3339), of ms since 1970. Pure, as is the other.
std::string time_text(std::int64_t unix_ms);
/// The same back, with or without fractions of a second, in UTC ("Z") alone.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace midinet::control
