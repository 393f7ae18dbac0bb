#include "admin/alerts/rules_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

namespace midinet::admin {

AlertRules load_rules(const std::filesystem::path& path,
                      const std::function<void(const std::string&)>& say) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return {};
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto rules = merged({}, text);
    if (rules && file && !text.empty()) return *std::move(rules);
    const auto aside = path.string() + ".unusable";
    std::filesystem::rename(path, aside, error);
    say(
        fmt::format("the alert rules {} could not be used ({}) and were set aside as {}; the usual "
                    "ones are in force",
                    path.string(), rules ? "it cannot be read" : rules.error().detail, aside));
    return {};
}

}  // namespace midinet::admin
