// A focus show: two hosts, three clients, somebody who chooses, and everything that can happen.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace midinet::simtest {

struct FocusCounts {
    std::uint64_t operations = 0;
    std::uint64_t terms = 0;    ///< that were seen
    std::uint64_t choices = 0;  ///< of them, by hand
    std::uint64_t lit = 0;      ///< lights that reached a device
};

/// 1,000 random claims, releases, choices by hand, kills, restarts, cut links and stalls, in bad
/// weather; then calm, and a choice by hand that must stand through 100 more. Everything that is
/// wrong; empty when the run is good. `counts`: added to when not null.
std::vector<std::string> run_focus_show(std::uint64_t seed, FocusCounts* counts = nullptr);

}  // namespace midinet::simtest
