#include "control/whole_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace midinet::control {
namespace {

namespace fs = std::filesystem;

class WholeFile : public ::testing::Test {
  protected:
    fs::path with(const std::string& bytes) const {
        const auto path = fs::temp_directory_path() / "midinet-whole-file-test";
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
};

TEST_F(WholeFile, IsReadToItsLastByte) {
    EXPECT_EQ(*read_whole(with(""), 10), "");
    const std::string bytes("a\0\r\nb", 5);
    EXPECT_EQ(*read_whole(with(bytes), 5), bytes);
    const std::string long_one(200'000, 'x');
    EXPECT_EQ(*read_whole(with(long_one), kMostText), long_one);
}

TEST_F(WholeFile, WhatIsNoFileOrTooMuchIsRefusedWithTheReason) {
    EXPECT_EQ(read_whole(with(std::string(kMostText + 1, 'x')), kMostText).error().message,
              "it is larger than 4 MiB");
    EXPECT_EQ(read_whole(fs::temp_directory_path(), 10).error().message, "it is a directory");
    EXPECT_EQ(read_whole("/nowhere/at-all", 10).error().message, "No such file or directory");
}

}  // namespace
}  // namespace midinet::control
