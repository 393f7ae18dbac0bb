#include "control/cli/doctor/check.hpp"

#include <array>

namespace midinet::control::cli {

std::string_view to_string(CheckOutcome outcome) noexcept {
    static constexpr std::array<std::string_view, 5> kNames{"ok", "skipped", "note", "warning",
                                                            "fault"};
    return kNames[static_cast<std::size_t>(outcome)];
}

std::vector<Check> examine(const Facts& facts) {
    static constexpr std::array kAll{
        check_interface, check_querier,       check_groups, check_probe,    check_firewall,
        check_host_ids,  check_mdns,          check_clock,  check_realtime, check_port_names,
        check_versions,  check_configuration, check_admins, check_api};
    std::vector<Check> checks;
    checks.reserve(kAll.size());
    for (const auto& check : kAll) checks.push_back(check(facts));
    return checks;
}

}  // namespace midinet::control::cli
