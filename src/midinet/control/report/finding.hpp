// What is wrong with a show, and how bad that is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace midinet::control {

/// In the order of how bad it is.
enum class Grade : std::uint8_t {
    Ready,
    Degraded,     ///< it plays, but the next fault may be heard
    NotSafe,      ///< somebody plays nothing, or what is played may stop
    Unreachable,  ///< nothing was heard
};
/// "ready", "not_safe": as JSON has it.
std::string_view to_string(Grade grade) noexcept;

struct Finding {
    Grade grade = Grade::Degraded;
    std::string text;  ///< what is wrong
    std::string fix;   ///< what to do
    friend bool operator==(const Finding&, const Finding&) = default;
};

}  // namespace midinet::control
