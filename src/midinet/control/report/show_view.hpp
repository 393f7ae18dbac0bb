// What is known of one device's show, for reports.
#pragma once

#include "base/types.hpp"
#include "control/discovery/host_finder.hpp"
#include "control/plane/admin_book.hpp"
#include "control/plane/roster.hpp"
#include "control/report/finding.hpp"

#include <map>
#include <vector>

namespace midinet::control {

/// Lifetime: of what it refers to.
struct ShowView {
    const plane::Roster& roster;
    TimePoint now;  ///< ages are told for this moment
    DeviceSlot device{1};
    const std::map<HostId, FoundHost>* found = nullptr;  ///< by DNS-SD; null: not looked for
    const plane::AdminBook* admins = nullptr;            ///< null: not listened for
    SenderId own{};                                      ///< of the admin that looks; 0: none does
    const std::vector<Finding>* own_findings = nullptr;  ///< about itself; null: none
};

/// Hosts that DNS-SD tells of and no status does, with what is known of them. Pure.
std::vector<plane::Roster::Host> unheard_hosts(const ShowView& view);

}  // namespace midinet::control
