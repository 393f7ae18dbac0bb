#include "control/report/versions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

namespace midinet::control {
namespace {

std::string name_of(const plane::Version& version) {
    return version.view().empty() ? "unknown" : std::string(version.view());
}

}  // namespace

std::map<std::string, std::vector<std::string>> boxes_by_version(const plane::Roster& roster,
                                                                 TimePoint now) {
    std::map<std::string, std::vector<std::string>> boxes;
    for (const auto& [id, host] : roster.hosts())
        if (!host.gone(now))
            boxes[name_of(host.status.version)].push_back(fmt::format("host {}", id.value));
    for (const auto& [id, client] : roster.clients())
        if (!client.gone(now))
            boxes[name_of(client.status.version)].push_back(
                fmt::format("client \"{}\"", client.status.name.view()));
    return boxes;
}

std::string versions_text(const std::map<std::string, std::vector<std::string>>& boxes) {
    std::vector<std::string> parts;
    for (const auto& [version, names] : boxes) {
        const std::span shown(names.data(), std::min<std::size_t>(names.size(), 3));
        parts.push_back(fmt::format("{}: {}{}", version, fmt::join(shown, ", "),
                                    names.size() > shown.size() ? " …" : ""));
    }
    return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace midinet::control
