// Secrets that people send, without keeping or showing them.
#pragma once

#include <array>
#include <string_view>

namespace midinet::admin {

/// Tells nothing of the text that it is of (BLAKE2b).
using SecretHash = std::array<unsigned char, 32>;

SecretHash hash_of(std::string_view text);
/// In a time that tells neither how much of it is right nor how long the right one is.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace midinet::admin
