#include "platform/posix/whole_file.hpp"

#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

namespace midinet::platform {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

TEST(WholeFile, IsReplacedWithItsOwnerModeAndLink) {
    const TempDir directory;
    const fs::path file = directory / "a.toml";
    const fs::path link = directory / "link.toml";
    ASSERT_TRUE(replace_whole_file(file, "one"));
    ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
    fs::create_symlink("a.toml", link);
    const std::string large(100'000, 'x');
    ASSERT_TRUE(replace_whole_file(link, large));
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_EQ(*read_whole_file(file), large);
    struct stat about {};
    ASSERT_EQ(::stat(file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0640U);
    EXPECT_FALSE(fs::exists(file.string() + ".new"));
}

TEST(WholeFile, WhatCannotBeIsNamed) {
    const TempDir directory;
    EXPECT_THAT(read_whole_file(directory / "none").error().message,
                HasSubstr("none (No such file"));
    EXPECT_THAT(read_whole_file(directory.path()).error().message, HasSubstr("no regular file"));
    EXPECT_THAT(read_whole_file("/dev/zero").error().message, HasSubstr("no regular file"));
    EXPECT_THAT(replace_whole_file("/dev/null", "x").error().message,
                HasSubstr("cannot write /dev/null (it is no regular file)"));
    EXPECT_THAT(replace_whole_file("/proc/none/a", "x").error().message,
                HasSubstr("cannot write /proc/none/a (No such file"));
    if (::geteuid() == 0) return;  // to whom nothing is read-only
    const fs::path file = directory / "a";
    ASSERT_TRUE(replace_whole_file(file, "one"));
    fs::permissions(file, fs::perms::owner_read);
    EXPECT_THAT(replace_whole_file(file, "two").error().message, HasSubstr("Permission denied"));
    EXPECT_EQ(*read_whole_file(file), "one");
}

}  // namespace
}  // namespace midinet::platform
