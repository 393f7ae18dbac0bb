// Short text with its storage inside, of which a receiver may rely on every character.
#pragma once

#include "base/fixed_vector.hpp"
#include "wire/utf8.hpp"

#include <algorithm>
#include <string_view>

namespace midinet::control::plane {

/// At most `N` bytes of UTF-8 without control characters. What offends becomes `?`; longer text is
/// cut at a character's edge. The wire's names (docs/wire_format.md §6), in other lengths.
template <std::size_t N>
class Text {
  public:
    static constexpr std::size_t kMaxBytes = N;

    Text() noexcept = default;
    explicit Text(std::string_view text) noexcept {
        while (!text.empty()) {
            const std::size_t size = wire::printable_size(text);
            const std::string_view character = size == 0 ? "?" : text.substr(0, size);
            if (text_.size() + character.size() > N) return;
            for (const char c : character) (void)text_.push_back(c);
            text.remove_prefix(std::max<std::size_t>(size, 1));
        }
    }
    std::string_view view() const noexcept { return {text_.begin(), text_.size()}; }
    bool empty() const noexcept { return text_.empty(); }
    friend bool operator==(const Text&, const Text&) = default;

  private:
    FixedVector<char, N> text_;
};

}  // namespace midinet::control::plane
