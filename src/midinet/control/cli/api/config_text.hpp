// Changes of the configuration, as the API tells them, for a person.
#pragma once

#include "control/report/show_json.hpp"

#include <string>

namespace midinet::control::cli {

/// By section: what each program must do, and which keys change. Pure, as is the next.
std::string config_change_text(const JsonValue& answer);
/// That it is done, and what is left to do.
std::string config_done_text(const JsonValue& answer);

}  // namespace midinet::control::cli
