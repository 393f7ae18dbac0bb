#include "control/daemon_flags.hpp"

#include <gtest/gtest.h>

namespace midinet::control {
namespace {

const DaemonDescription kHost{.name = "midi-host", .purpose = "test", .version = "1.2.3"};
const DaemonDescription kClient{
    .name = "midi-client", .purpose = "test", .version = "1.2.3", .client = true};

auto parse(const DaemonDescription& description, std::vector<const char*> words) {
    words.insert(words.begin(), "program");
    return parse_daemon_flags(description, static_cast<int>(words.size()), words.data());
}

TEST(DaemonFlags, ReadsEveryFlag) {
    const auto flags = parse(kClient, {"--config", "c.toml", "--log-level", "debug", "--log-format",
                                       "json", "--state-dir", "/s", "--inject-loss", "12.5",
                                       "--inject-seed", "9", "--status-lines", "--no-realtime"});
    ASSERT_TRUE(flags);
    EXPECT_EQ(flags->config, "c.toml");
    EXPECT_EQ(flags->log_level, LogLevel::Debug);
    EXPECT_EQ(flags->log_format, LogFormat::Json);
    EXPECT_EQ(flags->state_dir, "/s");
    EXPECT_DOUBLE_EQ(flags->inject_loss, 0.125);
    EXPECT_EQ(flags->inject_seed, 9U);
    EXPECT_TRUE(flags->status_lines);
    EXPECT_TRUE(flags->no_realtime);
}

TEST(DaemonFlags, VersionAndHelpAreNoErrors) {
    const auto version = parse(kHost, {"--version"});
    ASSERT_FALSE(version);
    EXPECT_EQ(version.error().code, 0);
    EXPECT_EQ(version.error().text, "midi-host 1.2.3\n");
    const auto help = parse(kHost, {"--help"});
    ASSERT_FALSE(help);
    EXPECT_EQ(help.error().code, 0);
    EXPECT_NE(help.error().text.find("--check-config"), std::string::npos);
}

TEST(DaemonFlags, UsageErrorsExitWithTwoAndNameTheFlag) {
    for (const auto& words : std::vector<std::vector<const char*>>{{"--no-such-flag"},
                                                                   {"--log-level", "loud"},
                                                                   {"--log-format", "xml"},
                                                                   {"--config"},
                                                                   {"--inject-loss", "5"}}) {
        const auto flags = parse(kHost, words);
        ASSERT_FALSE(flags) << words.front();
        EXPECT_EQ(flags.error().code, 2);
        EXPECT_NE(flags.error().text.find(words.front()), std::string::npos) << flags.error().text;
    }
    EXPECT_FALSE(parse(kClient, {"--inject-loss", "101"}));
    for (const char* wrong : {"-4", "1.5", "0x10", "", "18446744073709551616"})
        EXPECT_FALSE(parse(kClient, {"--inject-seed", wrong})) << wrong;
}

}  // namespace
}  // namespace midinet::control
