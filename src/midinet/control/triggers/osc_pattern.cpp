#include "control/triggers/osc_pattern.hpp"

#include <optional>
#include <vector>

namespace midinet::control {
namespace {

/// Where in the address the pattern read so far may have ended: all ways at once, so that no
/// pattern makes us go back and try again.
class Positions {
  public:
    explicit Positions(std::string_view address)
        : address_(address), here_(address.size() + 1, false) {
        here_[0] = true;
    }

    /// One character for which `matches` holds.
    template <typename Matches>
    void step(Matches matches) {
        for (std::size_t i = here_.size() - 1; i > 0; --i)
            here_[i] = here_[i - 1] && matches(address_[i - 1]);
        here_[0] = false;
    }

    /// Any number of characters of this part.
    void stretch() {
        for (std::size_t i = 1; i < here_.size(); ++i)
            if (here_[i - 1] && address_[i - 1] != '/') here_[i] = true;
    }

    /// One of `words`, separated by commas.
    void any_word(std::string_view words) {
        std::vector<bool> there(here_.size(), false);
        for (bool more = true; more;) {
            const std::size_t comma = words.find(',');
            const std::string_view word = words.substr(0, comma);
            for (std::size_t i = 0; i + word.size() < here_.size(); ++i)
                if (here_[i] && address_.substr(i, word.size()) == word)
                    there[i + word.size()] = true;
            more = comma != std::string_view::npos;
            if (more) words.remove_prefix(comma + 1);
        }
        here_ = std::move(there);
    }

    bool at_end() const { return here_.back(); }

  private:
    std::string_view address_;
    std::vector<bool> here_;
};

/// `set` is what stands between the brackets.
bool in_set(std::string_view set, char c) noexcept {
    const bool negated = !set.empty() && set[0] == '!';
    if (negated) set.remove_prefix(1);
    bool found = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (i + 2 < set.size() && set[i + 1] == '-') {
            found |= set[i] <= c && c <= set[i + 2];
            i += 2;
        } else {
            found |= set[i] == c;
        }
    }
    return found != negated;
}

/// What stands before `close` at the beginning of `rest`, which loses both; nothing when the part
/// ends first.
std::optional<std::string_view> take_until(std::string_view& rest, char close) noexcept {
    const std::size_t end = rest.find(close);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view inside = rest.substr(0, end);
    if (inside.find_first_of(close == '}' ? "/{" : "/") != std::string_view::npos)
        return std::nullopt;
    rest.remove_prefix(end + 1);
    return inside;
}

/// The next element of the pattern, which `rest` loses. False: it is malformed.
bool advance(Positions& positions, std::string_view& rest) {
    const char c = rest[0];
    rest.remove_prefix(1);
    if (c == '*') {
        positions.stretch();
    } else if (c == '?') {
        positions.step([](char a) { return a != '/'; });
    } else if (c == '[') {
        const auto set = take_until(rest, ']');
        if (!set) return false;
        positions.step([&](char a) { return a != '/' && in_set(*set, a); });
    } else if (c == '{') {
        const auto words = take_until(rest, '}');
        if (!words) return false;
        positions.any_word(*words);
    } else {
        positions.step([&](char a) { return a == c; });
    }
    return c != ']' && c != '}';
}

}  // namespace

OscMatch match_osc_pattern(std::string_view pattern, std::string_view address) {
    if (pattern.empty() || pattern[0] != '/') return OscMatch::Malformed;
    Positions positions{address};
    // To the end, also when nothing can match any more: a malformed pattern is told as such.
    while (!pattern.empty())
        if (!advance(positions, pattern)) return OscMatch::Malformed;
    return positions.at_end() ? OscMatch::Yes : OscMatch::No;
}

}  // namespace midinet::control
