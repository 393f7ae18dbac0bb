#include "show.hpp"

#include <gtest/gtest.h>

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

/// A line of the seeds' file: "r" before the number is a redundant show.
Plan plan_of(std::string line) {
    const bool redundant = line.front() == 'r';
    if (redundant) line.erase(0, 1);
    return make_plan(std::stoull(line), redundant ? Kind::Redundant : Kind::Plain);
}

TEST(Show, KeepsEveryInvariantWhateverHappensToIt) {
    for (std::uint64_t seed = 1; seed <= MIDINET_SIM_SEEDS; ++seed) expect_good(make_plan(seed));
}

TEST(Show, KeepsTheInvariantsThatItOnceBroke) {
    std::ifstream file{MIDINET_SEEDS_FILE};
    ASSERT_TRUE(file) << MIDINET_SEEDS_FILE;
    std::string line;
    while (std::getline(file, line))
        if (!line.empty() && line.front() != '#') expect_good(plan_of(line));
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
