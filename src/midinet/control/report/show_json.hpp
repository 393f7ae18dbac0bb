// A show as JSON: midinet-cli and the API say the same in the same words. Keys:
// docs/man/midinet-cli.1.
#pragma once

#include "control/report/show_view.hpp"

#include <nlohmann/json_fwd.hpp>

namespace midinet::control {

/// Keeps the order of keys: people read it, too.
using JsonValue = nlohmann::ordered_json;

/// An array of all hosts, heard or only found. Pure, as all of these.
JsonValue hosts_json(const ShowView& view);
/// An array of all clients.
JsonValue clients_json(const ShowView& view);
/// "verdict", "reasons", "played", "armed", "lockout_left_ms", "term".
void add_overview(JsonValue& json, const ShowView& view);
/// "holder", "name", "number", "by_hand", "term", "by", "surfaces".
void add_focus(JsonValue& json, const ShowView& view);
/// The rules that a host plays by.
JsonValue rules_json(const plane::FailoverState& f);
/// What a host answered to a command, with the arrays "clients" and "audit".
void add_result(JsonValue& json, const plane::CommandResult& result);
/// An id as text; null for nobody.
JsonValue id_json(SenderId id);
/// As text; bytes that are no UTF-8 become U+FFFD.
std::string dump(const JsonValue& json);

}  // namespace midinet::control
