#include "show.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace midinet::simtest {
namespace {

void expect_good(const Plan& plan) {
    for (const auto& violation : run_show(plan))
        ADD_FAILURE() << "seed " << plan.seed << ": " << violation << " (sim_run "
                      << (plan.flavor == Flavor::Redundant ? "--redundant" : "--plain")
                      << " --start " << plan.seed << " --seeds 1 --verbose)";
}

/// A line of a seeds' file: "r" before the number is a redundant show.
Plan plan_of(std::string line) {
    const bool redundant = line.front() == 'r';
    if (redundant) line.erase(0, 1);
    return make_plan(std::stoull(line), redundant ? Kind::Redundant : Kind::Plain);
}

std::vector<Plan> plans_in(const char* name) {
    std::vector<Plan> plans;
    std::ifstream file{name};
    EXPECT_TRUE(file) << name;
    std::string line;
    while (std::getline(file, line))
        if (!line.empty() && line.front() != '#') plans.push_back(plan_of(line));
    return plans;
}

TEST(Show, KeepsEveryInvariantWhateverHappensToIt) {
    const auto open = plans_in(MIDINET_OPEN_SEEDS_FILE);
    for (std::uint64_t seed = 1; seed <= MIDINET_SIM_SEEDS; ++seed) {
        const auto plan = make_plan(seed);
        const bool known = std::any_of(open.begin(), open.end(), [&](const Plan& one) {
            return one.seed == seed && one.flavor == plan.flavor;
        });
        if (!known) expect_good(plan);
    }
}

TEST(Show, KeepsTheInvariantsThatItOnceBroke) {
    for (const auto& plan : plans_in(MIDINET_SEEDS_FILE)) expect_good(plan);
}

TEST(Show, IsTheSameEveryTime) {
    std::string once;
    std::string again;
    (void)run_show(make_plan(42), &once);
    (void)run_show(make_plan(42), &again);
    EXPECT_EQ(once, again);
}

}  // namespace
}  // namespace midinet::simtest
