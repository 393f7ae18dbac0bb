#include "admin/http/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace midinet::admin {
namespace {

std::optional<char> unescaped(std::string_view digits) {
    unsigned value = 0;
    const auto* end = digits.data() + digits.size();
    const auto [read, error] = std::from_chars(digits.data(), end, value, 16);
    if (error != std::errc{} || read != end || digits.size() != 2) return std::nullopt;
    return static_cast<char>(value);
}

/// Nothing for a wrong escape.
std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const auto c = unescaped(text.substr(i + 1, 2));
            if (!c) return std::nullopt;
            out += *c;
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

Result<Target> parse_target(std::string_view text) {
    const auto mark = text.find('?');
    auto path = decoded(text.substr(0, mark), false);
    if (!path) return fail("the path has a % that two hexadecimal digits do not follow");
    if (path->empty() || path->front() != '/') return fail("the path does not begin with /");
    if (std::any_of(path->begin(), path->end(), is_control))
        return fail("the path has a control character");
    return Target{std::move(*path),
                  std::string(mark == std::string_view::npos ? "" : text.substr(mark + 1))};
}

Result<Parameters> parse_query(std::string_view query) {
    Parameters parameters;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto one = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (one.empty()) continue;
        const auto equals = std::min(one.find('='), one.size());
        auto name = decoded(one.substr(0, equals), true);
        auto value = decoded(one.substr(std::min(equals + 1, one.size())), true);
        if (!name || !value)
            return fail(fmt::format("{} has a % that two hexadecimal digits do not follow",
                                    one.substr(0, equals)));
        if (!parameters.emplace(*name, std::move(*value)).second)
            return fail(*name + " is given twice");
    }
    return parameters;
}

}  // namespace midinet::admin
