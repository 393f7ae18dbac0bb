#include "midi/control_profile.hpp"

#include <bitset>
#include <charconv>
#include <optional>

namespace midinet::midi {
namespace {

constexpr int kUsage = 2;  // exit code of a program whose configuration is wrong

using Numbers = std::bitset<128>;
struct Bounds {
    std::string_view what;
    unsigned first;
    unsigned last;
};
constexpr Bounds kChannelBounds{"channel", 1, ControlProfile::kChannels};
constexpr Bounds kControllerBounds{"controller", 0, ControlProfile::kControllers - 1};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<unsigned> number(std::string_view text) {
    const std::string_view digits = trimmed(text);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::string expected(const Bounds& bounds) {
    return std::string(bounds.what) + "s are \"*\" or numbers " + std::to_string(bounds.first) +
           " to " + std::to_string(bounds.last) + " as in \"3\", \"16-23\" or \"1,4-6\"";
}

/// Adds one number or range to `into`. Errors: why it is none.
Result<void> add_item(std::string_view item, const Bounds& bounds, Numbers& into) {
    const auto dash = item.find('-');
    const auto first = number(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : number(item.substr(dash + 1));
    const std::string quoted = "\"" + std::string(trimmed(item)) + "\"";
    if (!first || !last)
        return fail(quoted + " is not a number or range: " + expected(bounds), kUsage);
    if (*first < bounds.first || *last > bounds.last)
        return fail(quoted + " is out of range: " + expected(bounds), kUsage);
    if (*first > *last)
        return fail("the range " + quoted + " runs backwards: " + expected(bounds), kUsage);
    for (unsigned n = *first; n <= *last; ++n) into.set(n);
    return {};
}

Result<Numbers> parse_list(std::string_view list, const Bounds& bounds) {
    Numbers numbers;
    if (trimmed(list) == "*") {
        for (unsigned n = bounds.first; n <= bounds.last; ++n) numbers.set(n);
        return numbers;
    }
    for (std::string_view rest = list;;) {
        const auto comma = rest.find(',');
        if (auto added = add_item(rest.substr(0, comma), bounds, numbers); !added)
            return tl::unexpected<Error>(std::move(added.error()));
        if (comma == std::string_view::npos) return numbers;
        rest.remove_prefix(comma + 1);
    }
}

tl::unexpected<Error> in_rule(std::string_view rule, const std::string& problem) {
    return fail("control rule \"" + std::string(rule) + "\": " + problem, kUsage);
}

}  // namespace

Result<void> ControlProfile::add(ControlClass control_class, std::string_view rule) {
    const auto colon = rule.find(':');
    if (colon == std::string_view::npos)
        return in_rule(rule, "expected \"channels:controllers\" as in \"1:16-23\" or \"*:47\"");
    const auto channels = parse_list(rule.substr(0, colon), kChannelBounds);
    if (!channels) return in_rule(rule, channels.error().message);
    const auto controllers = parse_list(rule.substr(colon + 1), kControllerBounds);
    if (!controllers) return in_rule(rule, controllers.error().message);
    for (unsigned channel = 0; channel < kChannels; ++channel) {
        if (!channels->test(channel + 1)) continue;
        for (unsigned controller = 0; controller < kControllers; ++controller)
            if (controllers->test(controller)) classes_[channel][controller] = control_class;
    }
    return {};
}

}  // namespace midinet::midi
