// What changed in a text, line by line.
#pragma once

#include <string>
#include <string_view>

namespace midinet::control {

/// As `diff -u` has it, with three lines around; empty when nothing changed. Both are called
/// `name`. Where more than a few thousand lines differ they are told as one block. Pure.
std::string unified_diff(std::string_view before, std::string_view after, std::string_view name);

}  // namespace midinet::control
