#include "control/cli/input.hpp"

#include "control/cli/table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace midinet::control::cli {
namespace {

using plane::Roster;

bool is_paired(const Roster::Host& host, TimePoint now) {
    return !host.gone(now) && host.status.inputs.active != 0;
}

bool is_meant(const Roster::Host& host, const std::vector<io::Endpoint>& addresses) {
    return addresses.empty() ||
           std::any_of(addresses.begin(), addresses.end(),
                       [&](const auto& at) { return at.address == host.from.address; });
}

}  // namespace

tl::expected<SenderId, std::string> find_paired_host(const std::vector<io::Endpoint>& addresses,
                                                     const Roster& roster, TimePoint now) {
    SenderId found;
    for (const auto& [id, host] : roster.hosts()) {
        if (!is_meant(host, addresses) || !is_paired(host, now)) continue;
        if (found.value != 0)
            return tl::unexpected(
                std::string("several hosts have two inputs: name one with --host ADDRESS"));
        found = SenderId{id.value};
    }
    if (found.value == 0)
        return tl::unexpected(std::string(
            addresses.empty() ? "no host that is heard has two inputs (midi.pair.standby)"
                              : "no host that is heard at that address has two inputs"));
    return found;
}

std::string input_text(const Scene& scene) {
    Table table({"HOST", "NAME", "INPUT", "DEVICE", "STANDBY"});
    bool any = false;
    for (const auto& [id, host] : scene.roster.hosts()) {
        const auto& s = host.status;
        if (s.inputs.active == 0) continue;
        any = true;
        table.add({std::to_string(id.value), std::string(s.name.view()),
                   std::to_string(s.inputs.active),
                   host.gone(scene.now) ? "GONE" : (s.device_present ? "read" : "not there"),
                   s.inputs.standby_present ? "ready" : "not there"});
    }
    return any ? table.text() : "No host has two inputs (midi.pair.standby).\n";
}

void add_inputs(nlohmann::ordered_json& json, const Scene& scene) {
    json["inputs"] = nlohmann::ordered_json::array();
    for (const auto& [id, host] : scene.roster.hosts())
        if (const auto& inputs = host.status.inputs; inputs.active != 0)
            json["inputs"].push_back({{"host", id.value},
                                      {"gone", host.gone(scene.now)},
                                      {"input", inputs.active},
                                      {"device_present", host.status.device_present},
                                      {"standby_present", inputs.standby_present}});
}

}  // namespace midinet::control::cli
