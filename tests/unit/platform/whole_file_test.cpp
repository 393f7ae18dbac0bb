#include "platform/posix/whole_file.hpp"

#include "temp_dir.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace {

/// What the disk does to write() and fsync() of this program.
struct Disk {
    int interrupted = 0;           ///< so many calls end by a signal
    std::size_t piece = SIZE_MAX;  ///< so much is taken at once
    long long room = -1;           ///< bytes until it is full; below 0: it never is
} g_disk;

bool is_interrupted() {
    if (g_disk.interrupted == 0) return false;
    --g_disk.interrupted;
    errno = EINTR;
    return true;
}

}  // namespace

// In place of the C library's, for what is linked here.
extern "C" ssize_t write(int fd, const void* bytes, std::size_t size) {
    if (is_interrupted()) return -1;
    size = std::min(size, g_disk.piece);
    if (g_disk.room >= 0) size = std::min(size, static_cast<std::size_t>(g_disk.room));
    if (size == 0) {
        errno = ENOSPC;
        return -1;
    }
    if (g_disk.room >= 0) g_disk.room -= static_cast<long long>(size);
    return ::syscall(SYS_write, fd, bytes, size);
}
extern "C" int fsync(int fd) {
    return is_interrupted() ? -1 : static_cast<int>(::syscall(SYS_fsync, fd));
}

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

TEST(WholeFile, ASignalIsNoFailureAndPiecesAreNone) {
    const TempDir directory;
    const fs::path file = directory / "a";
    const std::string text(100, 'x');
    for (int n = 0; n < 4; ++n) {
        g_disk = {.interrupted = n, .piece = 60};
        EXPECT_TRUE(replace_whole_file(file, text)) << n;
        EXPECT_EQ(g_disk.interrupted, 0);
        g_disk = {.interrupted = n, .piece = 60};
        EXPECT_TRUE(replace_own_file(file, text, 0600)) << n;
        EXPECT_EQ(g_disk.interrupted, 0);
        g_disk = {};
        EXPECT_EQ(*read_whole_file(file), text);
    }
}

TEST(WholeFile, AFullDiskIsNamedAndTheOldTextStays) {
    const TempDir directory;
    const fs::path file = directory / "a";
    ASSERT_TRUE(replace_own_file(file, "old", 0600));
    g_disk = {.room = 2};
    const auto failed = replace_own_file(file, "new", 0600);
    g_disk = {};
    ASSERT_FALSE(failed);
    EXPECT_THAT(failed.error().message, HasSubstr("(No space left on device)"));
    EXPECT_EQ(*read_whole_file(file), "old");
    EXPECT_FALSE(fs::exists(file.string() + ".new"));
}

TEST(WholeFile, AProgramsOwnIsReplacedWithTheModeThatIsAskedFor) {
    const TempDir directory;
    const fs::path file = directory / "secret";
    ASSERT_TRUE(replace_own_file(file, "one", 0644));
    ASSERT_TRUE(replace_own_file(file, "two", 0600));
    struct stat about {};
    ASSERT_EQ(::stat(file.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 07777U, 0600U);
    EXPECT_EQ(*read_whole_file(file), "two");
}

}  // namespace
}  // namespace midinet::platform
