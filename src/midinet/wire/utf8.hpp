// Just enough UTF-8 to cut names between characters and to keep rubbish out of them. Source: RFC
// 3629 §4.
#pragma once

#include <cstddef>
#include <string_view>

namespace midinet::wire {

/// Bytes of the character `text` begins with; 0 when it begins with something a name must not hold:
/// malformed UTF-8 (overlong forms and surrogates included) or a control character. Precondition:
/// not empty. Total; RT-safe.
std::size_t printable_size(std::string_view text) noexcept;

/// The beginning of `text`, at most `limit` bytes, with its last character whole. Precondition:
/// valid UTF-8. RT-safe.
std::string_view cut_at_character(std::string_view text, std::size_t limit) noexcept;

}  // namespace midinet::wire
