// One run: a plan carried out and judged.
#pragma once

#include "plan.hpp"

namespace midinet::simtest {

/// Everything that is wrong; empty when the run is good. `say`: what people may want to see,
/// appended when not null.
std::vector<std::string> run_show(const Plan& plan, std::string* say = nullptr);

}  // namespace midinet::simtest
