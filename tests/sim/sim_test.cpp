#include "show.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <set>
#include <string>

namespace midinet::simtest {
namespace {

/// Seeds of bugs that are known and not mended yet.
const std::set<std::uint64_t>& open_seeds() {
    static const auto seeds = [] {
        std::set<std::uint64_t> read;
        std::ifstream file{MIDINET_OPEN_SEEDS_FILE};
        for (std::string line; std::getline(file, line);)
            if (!line.empty() && line.front() != '#') read.insert(std::stoull(line));
        return read;
    }();
    return seeds;
}

void expect_good(std::uint64_t seed) {
    for (const auto& violation : run_show(make_plan(seed)))
        if (open_seeds().count(seed) != 0)
            std::cout << "OPEN BUG: seed " << seed << ": " << violation << '\n';
        else
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
