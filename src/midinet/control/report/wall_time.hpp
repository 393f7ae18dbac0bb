// Moments of the wall clock, as JSON has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace midinet::control {

/// "2026-11-27T19:29:01.123Z" (RFC 3339), of ms since 1970. Pure, as are the others.
std::string time_text(std::int64_t unix_ms);
/// "20261127T192901Z": the same to a second, for names of files.
std::string file_time(std::int64_t unix_ms);
/// The same back, with or without fractions of a second, in UTC ("Z") alone.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace midinet::control
