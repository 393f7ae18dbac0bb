// One run: a plan carried out and judged.
#pragma once

#include "plan.hpp"

namespace midinet::simtest {

/// How many clients' ports could be compared with their source in the end, and how they were.
struct Endings {
    unsigned compared = 0;
    unsigned different = 0;
};

/// Everything that is wrong; empty when the run is good. `say`: what people may want to see,
/// appended when not null. `endings`: set when not null.
std::vector<std::string> run_show(const Plan& plan, std::string* say = nullptr,
                                  Endings* endings = nullptr);

}  // namespace midinet::simtest
