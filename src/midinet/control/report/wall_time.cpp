#include "control/report/wall_time.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace midinet::control {

std::string time_text(std::int64_t unix_ms) {
    const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), unix_ms % 1000);
}

std::string file_time(std::int64_t unix_ms) {
    return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(static_cast<std::time_t>(unix_ms / 1000)));
}

std::optional<std::int64_t> parse_time(std::string_view text) {
    constexpr std::string_view kForm = "0000-00-00T00:00:00";
    constexpr std::size_t kMostFraction = 9;
    if (text.size() <= kForm.size() || text.back() != 'Z') return std::nullopt;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t i = 0; i < kForm.size(); ++i)
        if (kForm[i] == '0' ? !is_digit(text[i]) : text[i] != kForm[i]) return std::nullopt;
    const auto number = [&](std::size_t at, std::size_t length) {
        int value = 0;
        for (const char c : text.substr(at, length)) value = value * 10 + (c - '0');
        return value;
    };
    const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                          std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    if (!day.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 60)
        return std::nullopt;
    std::int64_t ms = 0;
    if (auto fraction = text.substr(kForm.size(), text.size() - kForm.size() - 1);
        !fraction.empty()) {
        if (fraction.front() != '.' || fraction.size() < 2 || fraction.size() > kMostFraction + 1 ||
            !std::all_of(fraction.begin() + 1, fraction.end(), is_digit))
            return std::nullopt;
        const auto digits = std::string(fraction.substr(1)) + "00";
        ms = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
    }
    const auto seconds = std::chrono::sys_days(day).time_since_epoch() +
                         std::chrono::hours(number(11, 2)) + std::chrono::minutes(number(14, 2)) +
                         std::chrono::seconds(number(17, 2));
    return std::chrono::duration_cast<std::chrono::milliseconds>(seconds).count() + ms;
}

}  // namespace midinet::control
