// Golden texts. MIDINET_GOLDEN_OUT=DIR writes what is printed now there, to be compared by eye and
// copied.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace midinet::control::cli::testing {

inline void expect_golden(const std::string& name, const std::string& text) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread
    if (const char* out = std::getenv("MIDINET_GOLDEN_OUT"))
        std::ofstream(std::string(out) + '/' + name) << text;
    std::ifstream file(std::string(MIDINET_CLI_GOLDEN_DIR) + '/' + name);
    ASSERT_TRUE(file) << name << " is not there";
    std::ostringstream golden;
    golden << file.rdbuf();
    EXPECT_EQ(text, golden.str()) << name;
}

}  // namespace midinet::control::cli::testing
