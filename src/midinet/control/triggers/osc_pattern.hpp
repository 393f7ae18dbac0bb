// Address patterns of Open Sound Control. Source: OSC 1.0, "OSC Message Dispatching and Pattern
// Matching".
#pragma once

#include <cstdint>
#include <string_view>

namespace midinet::control {

enum class OscMatch : std::uint8_t { No, Yes, Malformed };

/// Whether a sender's `pattern` names `address`, part by part: '?' is one character, '*' any number
/// of them, "[a-z]" one of a set ("[!a-z]" one that is not), "{foo,bar}" one of the words; none of
/// them matches a '/'. A reversed range is empty, a '-' at either end of a set is itself.
/// Malformed: a pattern that does not begin with '/', a bracket or brace that does not end within
/// its part, a brace within braces. The time is bounded by the product of both lengths, whatever
/// the pattern.
OscMatch match_osc_pattern(std::string_view pattern, std::string_view address);

}  // namespace midinet::control
