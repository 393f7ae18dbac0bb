// The midi-admins of a network: which there are, and whether they were told the same.
#pragma once

#include "control/plane/admin_book.hpp"
#include "control/report/finding.hpp"
#include "control/report/show_json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace midinet::control {

/// What to do about two that differ.
inline constexpr const char* kAdminsFix =
    "give both machines the same [network] ports, [heartbeat] and [failover]: `midinet-cli config "
    "diff` compares two files, `midinet-cli --url … config apply` sends the right one";

/// Where people open it: "http://10.0.0.7:8080". Of one that takes every address, the one it was
/// heard from. Pure, as all of these.
std::string admin_url(const plane::AdminBook::Entry& admin);
/// Two that have different files, and whose was changed last; nothing where all agree.
std::optional<std::string> admins_disagreement(const plane::AdminBook& book);
/// That, and files of others that cannot be used. `own`: who judges, and tells of itself otherwise;
/// 0: none of them.
std::vector<Finding> admin_findings(const plane::AdminBook& book, SenderId own);
/// An array of all of them. "agrees": with the file of `own`; null where one of both says nothing.
JsonValue admins_json(const plane::AdminBook& book, SenderId own, TimePoint now);

}  // namespace midinet::control
