#include "show.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace midinet::simtest {
namespace {

void expect_good(std::uint64_t seed) {
    for (const auto& violation : run_show(make_plan(seed)))
        ADD_FAILURE() << "seed " << seed << ": " << violation << " (sim_run --start " << seed
                      << " --seeds 1 --verbose)";
}

TEST(Show, KeepsEveryInvariantWhateverHappensToIt) {
    for (std::uint64_t seed = 1; seed <= MIDINET_SIM_SEEDS; ++seed) expect_good(seed);
}

TEST(Show, KeepsTheInvariantsThatItOnceBroke) {
    std::ifstream file{MIDINET_SEEDS_FILE};
    ASSERT_TRUE(file) << MIDINET_SEEDS_FILE;
    std::string line;
    while (std::getline(file, line))
        if (!line.empty() && line.front() != '#') expect_good(std::stoull(line));
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
