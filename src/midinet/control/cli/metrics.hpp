// How much is going on: of the show's MIDI, and of a machine.
#pragma once

#include "control/plane/roster.hpp"
#include "control/report/show_json.hpp"
#include "control/report/show_view.hpp"

#include <string>

namespace midinet::control::cli {

/// "totals", "hosts" and "clients" as GET /api/metrics/midi has them. Rates are between the
/// statuses of `before` and those of `view`; 0 where there is no earlier one. Pure, as all of
/// these.
JsonValue midi_metrics_json(const plane::Roster& before, const ShowView& view);

std::string midi_metrics_text(const JsonValue& json);
std::string system_metrics_text(const JsonValue& json);
/// As GET /api/alerts has it.
std::string alerts_text(const JsonValue& json);

}  // namespace midinet::control::cli
