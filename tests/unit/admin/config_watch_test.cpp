#include "admin/config/config_watch.hpp"

#include "control/agreement.hpp"
#include "unit/platform/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace midinet::admin {
namespace {

using ::testing::HasSubstr;

class Watched : public ::testing::Test {
  protected:
    void write(const std::string& text) {
        std::ofstream(path_) << text;
        // However coarse the clock of the file system is.
        std::filesystem::last_write_time(
            path_, std::filesystem::file_time_type::clock::now() + std::chrono::seconds(++writes_));
    }
    const control::plane::ConfigMark& looked() {
        watch_.look();
        return watch_.mark();
    }

    platform::TempDir folder_;
    std::filesystem::path path_ = folder_.path() / "midinet.toml";
    int writes_ = 0;
    int reads_ = 0;
    ConfigWatch watch_{path_, [this](const auto& path) -> Result<std::string> {
                           ++reads_;
                           std::ifstream file(path);
                           if (!file) return fail("cannot read it");
                           return std::string{std::istreambuf_iterator<char>(file), {}};
                       }};
};

TEST_F(Watched, HasTheFingerprintOfWhatHostsMustHaveInCommon) {
    write("[host]\nid = 3\n[admin]\nkeep_hours_d = 9\n");
    EXPECT_EQ(looked().agreement, control::agreement_of(control::default_host_config()));
    EXPECT_FALSE(watch_.mark().broken);
    EXPECT_GT(watch_.mark().changed_ms, 1'700'000'000'000U);
    EXPECT_TRUE(watch_.findings().empty());
    const auto before = watch_.mark();
    write("[failover]\nlockout_seconds = 9\n");
    EXPECT_NE(looked().agreement, before.agreement);
    EXPECT_GT(watch_.mark().changed_ms, before.changed_ms);
}

TEST_F(Watched, IsReadWhenItWasChangedAlone) {
    write("");
    (void)looked();
    (void)looked();
    EXPECT_EQ(reads_, 1);
    write("# other");
    (void)looked();
    EXPECT_EQ(reads_, 2);
}

TEST_F(Watched, SaysWhatIsWrongWithItUntilItIsMended) {
    write("[log]\nlevel = 7\n");
    EXPECT_TRUE(looked().broken);
    EXPECT_EQ(watch_.mark().agreement, 0U);
    ASSERT_EQ(watch_.findings().size(), 1U);
    EXPECT_THAT(watch_.findings()[0].text, HasSubstr("log.level"));
    write("[log]\n");
    EXPECT_FALSE(looked().broken);
    EXPECT_TRUE(watch_.findings().empty());
    std::filesystem::remove(path_);
    EXPECT_TRUE(looked().broken) << "it was there";
    EXPECT_EQ(watch_.mark().changed_ms, 0U);
}

TEST(ConfigWatch, HasNothingToSayWithoutAFile) {
    ConfigWatch watch(std::nullopt, [](const auto&) { return Result<std::string>(fail("no")); });
    watch.look();
    EXPECT_EQ(watch.mark(), control::plane::ConfigMark{});
    EXPECT_TRUE(watch.findings().empty());
}

}  // namespace
}  // namespace midinet::admin
