#include "admin/alerts/rules_file.hpp"

#include "control/report/wall_time.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace midinet::admin {
namespace {

/// That no earlier one has.
std::string name_aside(const std::filesystem::path& path, std::int64_t unix_ms) {
    const auto first = fmt::format("{}.unusable-{}", path.string(), control::file_time(unix_ms));
    auto name = first;
    for (int number = 2; std::filesystem::exists(name); ++number)
        name = fmt::format("{}-{}", first, number);
    return name;
}

}  // namespace

LoadedRules load_rules(const std::filesystem::path& path, std::int64_t unix_ms) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return {};
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto rules = merged({}, text);
    if (rules && file && !text.empty()) return {*std::move(rules), {}};
    const auto aside = name_aside(path, unix_ms);
    std::filesystem::rename(path, aside, error);
    return {
        {},
        fmt::format("the alert rules {} could not be used ({}) and {}: the usual ones are in "
                    "force, and no webhook is told",
                    path.string(), rules ? "nothing can be read there" : rules.error().detail,
                    error ? "could not be set aside: " + error.message() : "are kept as " + aside)};
}

}  // namespace midinet::admin
