#include "control/shared/shared_config.hpp"

#include "control/shared/config_effect.hpp"
#include "control/shared/config_patch.hpp"
#include "control/shared/text_diff.hpp"
#include "control/shared/toml_json.hpp"
#include "control/toml_edit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>

namespace midinet::control {
namespace {

using ::testing::HasSubstr;

JsonValue in_force(const std::string& text) {
    const auto config = parse_shared_config(text, "f");
    EXPECT_TRUE(config) << config.error().message;
    return config_json(config.value_or(default_shared_config()));
}

tl::expected<std::string, ConfigFault> patch(const std::string& text, const std::string& json) {
    return patched(text, in_force(text), JsonValue::parse(json), "f.toml");
}

std::string patch_pointer(const std::string& text, const std::string& json) {
    const auto done = patch(text, json);
    return done ? "none" : done.error().pointer;
}

std::string example() {
    std::ifstream file(std::string(MIDINET_CONFIG_DIR) + "/host.toml");
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines{""};
    for (const char c : text) {
        lines.back() += c;
        if (c == '\n') lines.emplace_back();
    }
    return lines;
}

/// Another value for every key, with what else it needs.
const std::map<std::string, std::string>& other_values() {
    static const std::map<std::string, std::string> kOthers{
        {"host.id", "7"},
        {"host.name", R"("stage left")"},
        {"network.multicast_group", R"("239.1.2.3")"},
        {"network.data_port", "6001"},
        {"network.heartbeat_port", "6002"},
        {"network.control_group", R"("239.1.2.4")"},
        {"network.control_port", "6003"},
        {"network.focus_port", "6004"},
        {"network.interfaces", R"(["eth7"])"},
        {"network.hosts", R"(["10.0.0.9"])"},
        {"network.dns_sd", "false"},
        {"heartbeat.interval_ms", "5"},
        {"heartbeat.miss_threshold", "7"},
        {"midi.device", R"("auto:APC")"},
        {"midi.feedback", R"("none")"},
        {"midi.devices", R"(["auto:APC"])"},
        {"midi.feedbacks", R"(["none"])"},
        {"midi.baud", "38400"},
        {"midi.file.rate", "2.0"},
        {"midi.file.loop", "true"},
        {"midi.file.exit_at_end", "true"},
        {"midi.file.lead_in_ms", "5"},
        {"midi.pair.standby", R"("hw:1,0,0")"},
        {"midi.pair.feedback", R"("none")"},
        {"midi.pair.return", R"("auto")"},
        {"failover.mode", R"("mirror")"},
        {"failover.relay_of", "9"},
        {"failover.relay_group", R"("239.1.2.5")"},
        {"failover.auto_enabled", "false"},
        {"failover.values", R"("keep")"},
        {"failover.switch_back_policy", R"("auto")"},
        {"failover.lockout_seconds", "9"},
        {"failover.confirmation_mode", R"("confirm")"},
        {"failover.triggers.midi.enabled", "true"},
        {"failover.triggers.midi.channel", "1"},
        {"failover.triggers.midi.note", "1"},
        {"failover.triggers.midi.velocity_threshold", "1"},
        {"failover.triggers.midi.guard_note", "1"},
        {"failover.triggers.osc.enabled", "true"},
        {"failover.triggers.osc.listen_port", "8001"},
        {"failover.triggers.osc.address", R"("/go")"},
        {"failover.triggers.osc.allowed_sources", "[]"},
        {"pipeline.channels", "[1]"},
        {"pipeline.types", R"(["note"])"},
        {"pipeline.sysex", "false"},
        {"pipeline.channel_map", "[2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]"},
        {"pipeline.transpose", "1"},
        {"pipeline.velocity_curve", R"("s_curve")"},
        {"pipeline.velocity_fixed", "5"},
        {"pipeline.velocity_points", "[{ in = 5, out = 6 }]"},
        {"pipeline.cc_remap", "[{ from = 1, to = 2 }]"},
        {"log.level", R"("debug")"},
        {"log.format", R"("json")"},
        {"admin.listen", R"("127.0.0.1:9")"},
        {"admin.hosts", R"(["pi.local"])"},
        {"admin.tls_cert", R"("/c")"},
        {"admin.tls_key", R"("/k")"},
        {"admin.data_dir", R"("/d")"},
        {"admin.keep_seconds_h", "2"},
        {"admin.keep_minutes_d", "2"},
        {"admin.keep_hours_d", "2"},
        {"admin.webhook_private_ranges", R"(["10.0.0.0/8"])"},
    };
    return kOthers;
}

// ---- SharedConfig

TEST(SharedConfig, HasTheKeysOfBothPrograms) {
    const auto json = in_force("[log]\nlevel = \"debug\"\n[admin]\nlisten = \"[::1]:99\"\n");
    EXPECT_EQ(json["log"]["level"], "debug");
    EXPECT_EQ(json["admin"]["listen"], "[::1]:99");
    EXPECT_EQ(json["host"]["id"], 1);
    EXPECT_EQ(json["failover"]["triggers"]["midi"]["note"], 127);
    for (const auto& [key, value] : flat_keys(json))
        EXPECT_EQ(other_values().count(key), 1U) << key << ": give it another value in this test";
}

TEST(SharedConfig, EitherProgramRefuses) {
    EXPECT_THAT(parse_shared_config("[midi]\nbaud = 1\n", "f").error().message,
                HasSubstr("f:2:8: midi.baud is 1"));
    EXPECT_THAT(parse_shared_config("[admin]\nkeep_hours_d = 0\n", "f").error().message,
                HasSubstr("admin.keep_hours_d is 0"));
    EXPECT_FALSE(parse_shared_config("[lights]\n", "f"));
}

TEST(SharedConfig, TellsWhichKeysDiffer) {
    EXPECT_EQ(changed_keys(in_force(""), in_force("[log]\nlevel = \"info\"\n")),
              std::vector<std::string>{});
    EXPECT_EQ(changed_keys(in_force("[log]\nlevel = \"off\"\n"), in_force("[midi]\nbaud = 50\n")),
              (std::vector<std::string>{"log.level", "midi.baud"}));
    EXPECT_EQ(changed_keys(in_force(""), in_force("[midi]\ndevices = [\"auto:a\", \"auto:b\"]\n")),
              (std::vector<std::string>{"midi.device", "midi.devices", "midi.feedback",
                                        "midi.feedbacks"}));
}

// ---- effect_of

/// What a host's reload leaves for its next start, by the host's own rules.
Takes by_the_host(const HostConfig& before, const HostConfig& after) {
    auto running = before;
    if (after.further.size() == before.further.size()) {  // as HostDaemon does it
        const auto pair = running.midi.pair;
        running.midi = after.midi;
        running.midi.pair = pair;
    }
    running.failover = after_reload(before.failover, after.failover);
    running.heartbeat.miss_threshold = after.heartbeat.miss_threshold;
    return waits_for_restart(running, after).empty() ? Takes::Reload : Takes::Restart;
}

TEST(ConfigEffect, IsWhatTheProgramsDo) {
    for (const auto& [key, value] : other_values()) {
        if (key == "failover.relay_of") continue;  // goes with a mode alone
        const auto dot = key.rfind('.');
        std::string base = key.starts_with("midi.pair") ? "[midi]\ndevice = \"hw:0,0,0\"\n" : "";
        if (key == "admin.tls_cert") base = "[admin]\ntls_cert = \"/x\"\ntls_key = \"/y\"\n";
        if (key == "admin.tls_key") base = "[admin]\ntls_cert = \"/x\"\ntls_key = \"/y\"\n";
        const auto text = set_toml_keys(base, key.substr(0, dot), {{key.substr(dot + 1), value}});
        const auto before = parse_shared_config(base, "f");
        const auto after = parse_shared_config(text, "f");
        ASSERT_TRUE(before && after) << text << after.error().message;
        const auto effect = effect_of(key, flat_keys(config_json(*before))[key],
                                      flat_keys(config_json(*after))[key]);
        if (key.starts_with("admin."))
            EXPECT_EQ(effect.host, Takes::Nothing) << key;
        else
            EXPECT_EQ(effect.host, by_the_host(before->host, after->host)) << key;
        EXPECT_EQ(effect.admin == Takes::Nothing, before->admin == after->admin) << key;
    }
    const auto two = JsonValue::parse(R"(["auto:a", "auto:b"])");
    EXPECT_EQ(effect_of("midi.devices", JsonValue::array(), two).host, Takes::Restart);
    EXPECT_EQ(effect_of("midi.devices", two, JsonValue::parse(R"(["hw:1", "auto"])")).host,
              Takes::Reload);
    EXPECT_EQ(effect_of("log.level", "info", "off"), (ConfigEffect{Takes::Reload, Takes::AtOnce}));
    EXPECT_EQ(effect_of("network.data_port", 1, 2), (ConfigEffect{Takes::Restart, Takes::Restart}));
    EXPECT_EQ(effect_of("admin.listen", "", "x").admin, Takes::Restart);
    EXPECT_EQ(effect_of("admin.hosts", "", "x").admin, Takes::AtOnce);
}

// ---- patched

TEST(ConfigPatch, ChangesNothingButTheLineOfTheKey) {
    const std::string text =
        "# ours\n[host]\nid=2  # two\n\n[log] # words\nlevel   =  'info' # why\n\n# end\n";
    EXPECT_EQ(*patch(text, R"({"host": {"id": 3}})"),
              "# ours\n[host]\nid=3  # two\n\n[log] # words\nlevel   =  'info' # why\n\n# end\n");
    EXPECT_EQ(*patch(text, R"({"log": {"level": "off", "format": "json"}})"),
              "# ours\n[host]\nid=2  # two\n\n[log] # words\nlevel   =  \"off\" # why\nformat = "
              "\"json\"\n\n# end\n");
    EXPECT_EQ(*patch(text, R"({"host": {"id": null}})"),
              "# ours\n[host]\n\n[log] # words\nlevel   =  'info' # why\n\n# end\n");
    EXPECT_EQ(*patch(text, R"({"host": {"id": 2}, "log": {"level": "info"}, "midi": {}})"), text);
    EXPECT_EQ(*patch("log.level = 'off' # dotted\n", R"({"log": {"level": "info"}})"),
              "log.level = \"info\" # dotted\n");
    EXPECT_EQ(*patch("", R"({"midi": {"file": {"rate": 2}}})"), "[midi.file]\nrate = 2\n");
    EXPECT_EQ(*patch("", R"({"pipeline": {"cc_remap": [{"from": 1, "to": 2}]}})"),
              "[pipeline]\ncc_remap = [{ from = 1, to = 2 }]\n");
}

TEST(ConfigPatch, AllThatIsInForceChangesNothing) {
    for (const auto& text : {example(), std::string("[log]\nlevel = \"off\"\n"), std::string()})
        EXPECT_EQ(*patch(text, in_force(text).dump()), text);
}

TEST(ConfigPatch, WhatIsWrongIsPointedTo) {
    EXPECT_EQ(patch_pointer("", R"({"log": {"level": "loud"}})"), "/log/level");
    EXPECT_EQ(patch_pointer("", R"({"log": {"livel": "off"}})"), "/log/livel");
    EXPECT_EQ(patch_pointer("", R"({"a/b~": {}})"), "/a~1b~0");
    EXPECT_EQ(patch_pointer("", R"({"log": 1})"), "/log");
    EXPECT_EQ(patch_pointer("", R"({"log": {"level": {}}})"), "/log/level");
    EXPECT_EQ(patch_pointer("", R"({"midi": {"devices": ["auto:a", "nonsense"]}})"),
              "/midi/devices/1");
    EXPECT_EQ(patch_pointer("", R"({"pipeline": {"cc_remap": [{"from": 1}, {"from": 200}]}})"),
              "/pipeline/cc_remap/1/from");
    EXPECT_EQ(patch_pointer("", R"({"pipeline": {"cc_remap": [{"from": 1, "x": 200}]}})"),
              "/pipeline/cc_remap/0/x");
    EXPECT_EQ(
        patch_pointer("[network]\nheartbeat_port = 99\n", R"({"network": {"data_port": 99}})"),
        "/network");
    EXPECT_EQ(patch_pointer("", R"({"admin": {"tls_cert": "/x"}})"), "");
    EXPECT_THAT(patch("", R"({"log": {"livel": "off"}})").error().message,
                HasSubstr("log.livel is not a known key; did you mean log.level?"));
    EXPECT_THAT(
        patch("log = { format = 'json' }\n", R"({"log": {"level": "off"}})").error().message,
        HasSubstr("send the whole text"));
    EXPECT_FALSE(patch("", R"({"midi": {"devices": [[[[[[[[["a"]]]]]]]]]}})"));
}

TEST(ConfigPatch, TheShortFormOfAKeyCanBeReplaced) {
    const std::string text = "[network]\ninterface = \"eth0\"\ndns_sd = false\n";
    EXPECT_THAT(patch(text, R"({"network": {"interfaces": ["eth1"]}})").error().message,
                HasSubstr("remove interface"));
    EXPECT_EQ(*patch(text, R"({"network": {"interface": null, "interfaces": ["eth1"]}})"),
              "[network]\ndns_sd = false\ninterfaces = [\"eth1\"]\n");
}

/// A file with sections in any order, comments and blank lines between, any line end.
std::string any_file() {
    const auto end = *rc::gen::element<std::string>("\n", "\r\n");
    const auto noise = rc::gen::element<std::string>("", "# [log] level = 1", "\t# \"\"\"", "  ");
    std::string text;
    for (const std::string section : {"[host]", "[log]", "[ network ] # x", "[failover]"}) {
        if (*rc::gen::arbitrary<bool>()) text += *noise + end;
        text += section + end;
        if (*rc::gen::arbitrary<bool>()) text += *noise + end;
        if (section == "[log]" && *rc::gen::arbitrary<bool>()) text += "level='off' # q" + end;
        if (section == "[host]" && *rc::gen::arbitrary<bool>())
            text += "name = \"a#b\\\"[log]\"" + end;
        if (section == "[failover]" && *rc::gen::arbitrary<bool>())
            text += "triggers.osc.allowed_sources = [ # who" + end + " '10.0.0.1', ]" + end;
    }
    return text;
}

struct KeyEdit {
    const char* section;
    const char* key;
    const char* value;
};

RC_GTEST_PROP(ConfigPatch, AnyEditOfOneKeyChangesOnlyThatKey, ()) {
    constexpr std::array<KeyEdit, 7> kEdits{{{"host", "name", "\"x\""},
                                             {"host", "id", "9"},
                                             {"log", "level", "\"debug\""},
                                             {"log", "format", "\"json\""},
                                             {"network", "data_port", "6000"},
                                             {"midi", "baud", "9600"},
                                             {"failover", "lockout_seconds", "9"}}};
    const auto text = any_file();
    const auto edit = kEdits.at(*rc::gen::inRange<std::size_t>(0, kEdits.size()));
    const auto before = in_force(text);
    auto wanted = JsonValue::object();
    wanted[edit.section][edit.key] = JsonValue::parse(edit.value);
    const auto done = patched(text, before, wanted, "f");
    RC_ASSERT(done.has_value());
    const auto name = edit.section + std::string(".") + edit.key;
    const auto changed = changed_keys(before, in_force(*done));
    RC_ASSERT(!changed.empty());
    for (const auto& other : changed)  // a name follows from the number, as the group does
        RC_ASSERT(other == name || (name == "host.id" &&
                                    (other == "host.name" || other == "network.multicast_group")));
    std::size_t removed = 0;
    for (const auto& line : lines_of(unified_diff(text, *done, ""))) {
        if (line.starts_with("---") || line.starts_with("+++")) continue;
        const auto words = line.substr(0, line.find_last_not_of("\r\n") + 1);
        if (line.starts_with('-')) {
            ++removed;
            RC_ASSERT(line.starts_with(std::string("-") + edit.key));
        }
        if (line.starts_with('+'))
            RC_ASSERT(words == "+" || words == std::string("+[") + edit.section + "]" ||
                      words.starts_with(std::string("+") + edit.key));
    }
    RC_ASSERT(removed <= 1U);
}

// ---- masked_toml

TEST(TomlMask, HidesWhatSoundsSecretAndNothingElse) {
    EXPECT_EQ(
        masked_toml("[admin]\nAPI_token = \"a\" # b\nwebhook_secret = '''x\ny'''\nlisten = 1\n"),
        "[admin]\nAPI_token = \"********\" # b\nwebhook_secret = \"********\"\nlisten = 1\n");
    EXPECT_EQ(masked_toml(example()), example());
}

// ---- unified_diff

TEST(TextDiff, SaysWhatChanged) {
    EXPECT_EQ(unified_diff("a\n", "a\n", "f"), "");
    EXPECT_EQ(unified_diff("", "a\n", "f"), "--- f\n+++ f\n@@ -0,0 +1,1 @@\n+a\n");
    EXPECT_EQ(unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", "f"),
              "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
    EXPECT_EQ(
        unified_diff("a", "b", "f"),
        "--- f\n+++ f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at "
        "end of file\n");
}

/// What `patch` would make of it.
std::string with_diff(const std::string& before, const std::string& diff) {
    const auto old_lines = lines_of(before);
    std::string out;
    std::size_t at = 0;
    for (const auto& line : lines_of(diff)) {
        if (line.empty() || line.starts_with("---") || line.starts_with("+++")) continue;
        if (line[0] == '@') {
            std::size_t from = 0;
            std::size_t count = 0;
            std::sscanf(line.c_str(), "@@ -%zu,%zu", &from, &count);
            for (const auto until = count == 0 ? from : from - 1; at < until; ++at)
                out += old_lines[at];
        } else if (line[0] == '+') {
            out += line.substr(1);
        } else {
            if (old_lines[at] != line.substr(1)) return "a line is not there";
            if (line[0] == ' ') out += line.substr(1);
            ++at;
        }
    }
    for (; at < old_lines.size(); ++at) out += old_lines[at];
    return out;
}

RC_GTEST_PROP(TextDiff, MakesTheOneOfTheOther, ()) {
    const auto any = [] {
        std::string text;
        const auto lines = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 4));
        for (const int line : lines) text += static_cast<char>('a' + line) + std::string("\n");
        return text;
    };
    const auto before = any();
    const auto after = any();
    RC_ASSERT(with_diff(before, unified_diff(before, after, "f")) == after);
}

}  // namespace
}  // namespace midinet::control
