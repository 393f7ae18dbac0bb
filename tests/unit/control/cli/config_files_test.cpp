// Configuration files before they are used; and what shells are told.
#include "control/cli/config_files.hpp"

#include "control/cli/order.hpp"
#include "control/host_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace midinet::control::cli {
namespace {

using ::testing::HasSubstr;

class CliConfigFiles : public ::testing::Test {
  protected:
    std::filesystem::path file(const std::string& name, const std::string& text) {
        const auto path = std::filesystem::path(::testing::TempDir()) / name;
        std::ofstream(path) << text;
        return path;
    }
    std::string differences(const std::string& before, const std::string& after,
                            ConfigKind kind = ConfigKind::Show) {
        const auto all = diff_configs(file("a.toml", before), file("b.toml", after), kind);
        if (!all) return all.error().message;
        std::string text;
        for (const auto& one : *all)
            text += one.program + ' ' + one.key + ' ' + one.before + '>' + one.after +
                    (one.restarts ? " restart\n" : " reload\n");
        return text;
    }
};

TEST_F(CliConfigFiles, AGoodFileHasNoSentence) {
    EXPECT_TRUE(
        check_config(file("midinet.toml", "[host]\nid = 2\n[admin]\n"), ConfigKind::Show).empty());
    EXPECT_TRUE(
        check_config(file("client.toml", "[focus]\nauto_claim = false\n"), ConfigKind::Client)
            .empty());
}

TEST_F(CliConfigFiles, ABadFileIsNamedWithItsLine) {
    const auto path = file("midinet.toml", "[host]\nid = 0\n");
    const auto sentences = check_config(path, ConfigKind::Show);
    ASSERT_EQ(sentences.size(), 1U);
    EXPECT_THAT(sentences[0], HasSubstr("midinet.toml:2:"));
    EXPECT_THAT(sentences[0], HasSubstr("host.id"));
    const auto both = check_config(file("x.toml", "[network]\ndata_port = 0\n"), ConfigKind::Show);
    EXPECT_EQ(both.size(), 1U) << "what two programs say alike is said once";
    EXPECT_EQ(check_config("/nowhere/midinet.toml", ConfigKind::Show).size(), 1U);
}

TEST_F(CliConfigFiles, NamesOfWhatThisMachineHasNotAreWarnedOf) {
    const ThisMachine here{
        .find_interface = [](const std::string& name) -> Result<void> {
            if (name == "eth0") return {};
            return fail("there is no network interface \"" + name + '"');
        },
        .has_address = [](const auto& at) { return at == io::IpAddress::from_ipv4(0x0A000001); },
        .can_read = [](const auto& path) { return path == "/cert"; }};
    const auto doubts = [&](const std::string& text, ConfigKind kind = ConfigKind::Show) {
        return config_misfits(file("doubts.toml", text), kind, here);
    };
    EXPECT_TRUE(
        doubts("[network]\ninterface = \"eth0\"\n[admin]\nlisten = \"10.0.0.1:80\"\n").empty());
    const auto all = doubts(
        "[network]\ninterfaces = [\"eth0\", \"eth7\"]\n[admin]\nlisten = \"10.0.0.9:80\"\n"
        "tls_cert = \"/cert\"\ntls_key = \"/key\"\n");
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].key, "admin.listen");
    EXPECT_THAT(all[0].text, HasSubstr("10.0.0.9 is no address of this machine"));
    EXPECT_TRUE(all[0].stops);
    EXPECT_EQ(all[1].key, "admin.tls_key");
    EXPECT_TRUE(all[1].stops);
    EXPECT_THAT(all[2].text, HasSubstr("\"eth7\"; midi-host and midi-admin start"));
    EXPECT_FALSE(all[2].stops);
    EXPECT_EQ(doubts("[network]\ninterface = \"eth7\"\n", ConfigKind::Client).size(), 1U);
    EXPECT_TRUE(doubts("[network]\ninterface = 7\n").empty()) << "that is an error";
}

TEST_F(CliConfigFiles, ItsNameTellsWhoseItIs) {
    EXPECT_EQ(kind_of("/etc/midinet/midinet.toml"), ConfigKind::Show);
    EXPECT_EQ(kind_of("client/midinet.toml"), ConfigKind::Show);
    EXPECT_EQ(kind_of("config/client.toml"), ConfigKind::Client);
}

TEST_F(CliConfigFiles, DifferencesAreOfMeaningNotOfText) {
    EXPECT_EQ(differences("[host]\nid = 1\n", "# the same\n[host]\nid=1 # one\n"), "");
    EXPECT_EQ(differences("", "[host]\nid = 1\n"), "") << "that is the default";
    EXPECT_EQ(differences("", "[failover]\nlockout_seconds = 9\n"),
              "midi-host failover.lockout_seconds 5>9 reload\n");
    EXPECT_EQ(differences("", "[midi]\ndevice = \"stream:/x\"\n"),
              "midi-host midi.device \"auto\">\"stream:/x\" reload\n");
    EXPECT_EQ(differences("", "[focus]\nauto_claim = false\n", ConfigKind::Client),
              "midi-client focus.auto_claim true>false reload\n");
    EXPECT_EQ(differences("", "[failover]\nlink = \"wifi\"\n", ConfigKind::Client),
              "midi-client failover.link \"wired\">\"wifi\" restart\n");
    EXPECT_THAT(differences("", "[network]\ncontrol_port = 6006\n"),
                HasSubstr("midi-admin network.control_port 5006>6006 restart"));
    EXPECT_THAT(differences("", "[host]\nid = 0\n"), HasSubstr("b.toml:2:"));
}

TEST_F(CliConfigFiles, WhatWaitsForAStartIsWhatTheHostSaysWaits) {
    for (const char* text :
         {"[host]\nid = 2\n", "[host]\nname = \"x\"\n", "[network]\ndata_port = 6004\n",
          "[heartbeat]\ninterval_ms = 4\n", "[heartbeat]\nmiss_threshold = 4\n",
          "[failover]\nmode = \"mirror\"\n", "[failover]\nvalues = \"keep\"\n",
          "[failover]\nauto_enabled = false\n", "[failover.triggers.midi]\nnote = 3\n",
          "[failover.triggers.osc]\nenabled = true\n",
          "[midi]\ndevice = \"stream:/x\"\n[midi.pair]\nstandby = \"stream:/y\"\n",
          "[log]\nlevel = \"debug\"\n"}) {
        const auto loaded = parse_host_config(text, "b");
        ASSERT_TRUE(loaded) << text << loaded.error().message;
        auto running = default_host_config();
        running.log = loaded->log;
        running.failover = after_reload(running.failover, loaded->failover);
        running.heartbeat.miss_threshold = loaded->heartbeat.miss_threshold;
        const bool waits = !waits_for_restart(running, *loaded).empty();
        const auto all = diff_configs(file("a.toml", ""), file("b.toml", text), ConfigKind::Show);
        ASSERT_TRUE(all);
        bool restarts = false;
        for (const auto& one : *all) restarts |= one.program == "midi-host" && one.restarts;
        EXPECT_EQ(restarts, waits) << text;
    }
}

tl::expected<Order, DaemonExit> order(std::vector<const char*> words,
                                      const Environment& environment = {}) {
    words.insert(words.begin(), "midinet-cli");
    return parse_order("1.2.3", static_cast<int>(words.size()), words.data(), environment);
}

TEST(CliOrder, WordsBecomeActs) {
    EXPECT_EQ(order({"doctor"})->act, Act::Doctor);
    EXPECT_EQ(order({"doctor"})->request.wait, 3s);
    EXPECT_EQ(order({"doctor", "--wait", "130000"})->request.wait, 130s);
    EXPECT_EQ(order({"metrics"})->act, Act::Metrics);
    EXPECT_EQ(order({"metrics", "--system"})->act, Act::SystemMetrics);
    EXPECT_EQ(order({"alerts"})->act, Act::Alerts);
    EXPECT_EQ(order({"pipeline", "show"})->act, Act::PipelineShow);
    EXPECT_EQ(order({"pipeline", "reset"})->act, Act::PipelineReset);
    EXPECT_EQ(order({"pipeline", "show"})->client, "");
    EXPECT_EQ(order({"pipeline", "reset", "--client", "80000000000000f0"})->client,
              "80000000000000f0");
    EXPECT_EQ(order({"pipeline", "set", "x.json"})->files, std::vector<std::string>{"x.json"});
    EXPECT_EQ(order({"config", "check", "a"})->act, Act::ConfigCheck);
    EXPECT_EQ(order({"config", "diff", "a", "b"})->files.size(), 2U);
    EXPECT_EQ(order({"watch", "--interval", "250", "--count", "3"})->interval, 250ms);
    EXPECT_EQ(order({"tune"})->act, Act::TuneShow);
    EXPECT_EQ(order({"tune", "--show"})->act, Act::TuneShow);
    EXPECT_EQ(order({"tune", "--apply"})->act, Act::TuneApply);
    EXPECT_EQ(order({"tune", "--undo", "--root", "/mnt"})->act, Act::TuneUndo);
    EXPECT_EQ(order({"tune", "--undo", "--root", "/mnt"})->root, "/mnt");
    for (const auto& wrong : std::vector<std::vector<const char*>>{
             {"tune", "--apply", "--undo"},
             {"tune", "--show", "--apply"},
             {"tune", "--root", ""},
             {"pipeline", "set"},
             {"pipeline", "show", "--client", "foh"},
             {"pipeline", "show", "--client", "80000000000000f0/"},
             {"pipeline", "show", "x"},
             {"pipeline", "burn"},
             {"config", "diff", "a"},
             {"config", "check", "a", "b"},
             {"completions", "tcsh"},
             {"watch", "--interval", "1"},
             {"status", "--url", "foh"}})
        EXPECT_EQ(order(wrong).error().code, 2);
}

TEST(CliOrder, NumbersAreDecimal) {
    EXPECT_EQ(order({"failover", "010"})->request.target, SourceId{10});
    for (const char* wrong : {"", "0", "+1", "-1", "0x1", "1 ", "1.0", "99999999999"})
        EXPECT_EQ(order({"failover", wrong}).error().code, 2) << wrong;
}

TEST(CliOrder, FlagsGoBeforeTheEnvironment) {
    const Environment environment{"http://a:1/", "secret"};
    EXPECT_EQ(order({"status"}, environment)->api.url, "http://a:1");
    EXPECT_EQ(order({"status"}, environment)->api.token, "secret");
    const auto flags = order({"status", "--url", "https://b", "--token-file", "t"}, environment);
    EXPECT_EQ(flags->api.url, "https://b");
    EXPECT_EQ(flags->api.token, "") << "the file's, when it is read";
}

TEST(CliCompletions, EveryShellKnowsEveryCommandAndItsFlags) {
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const auto made = order({"completions", shell});
        ASSERT_TRUE(made);
        EXPECT_EQ(made->act, Act::Print);
        for (const char* word : {"status", "hosts", "clients", "failover", "focus", "input",
                                 "watch", "metrics", "alerts", "pipeline", "config", "doctor",
                                 "completions", "token-file", "disarm", "interval"})
            EXPECT_THAT(made->text, HasSubstr(word)) << shell;
    }
}

}  // namespace
}  // namespace midinet::control::cli
