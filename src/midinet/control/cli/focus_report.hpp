// What a person reads about the focus. Private to the reports.
#pragma once

#include "control/cli/scene.hpp"

namespace midinet::control::cli {

/// Who has it, by whom, and which devices take what it sends.
std::string focus_text(const Scene& scene);

}  // namespace midinet::control::cli
