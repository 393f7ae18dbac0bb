// [pipeline]: read, written, changed in a file that belongs to somebody, and kept.
#include "control/pipeline_config.hpp"

#include "control/client_config.hpp"
#include "control/host_config.hpp"
#include "control/pipeline_keeper.hpp"

#include <gmock/gmock.h>

#include <map>

namespace midinet::control {
namespace {

using midi::PipelineSettings;
using ::testing::HasSubstr;

Result<HostConfig> parse(const std::string& text) { return parse_host_config(text, "host.toml"); }
std::string complaint(const std::string& keys) {
    const auto parsed = parse("[pipeline]\n" + keys);
    return parsed ? "" : parsed.error().message;
}

PipelineSettings some_settings() {
    PipelineSettings settings;
    settings.channels = 0x00FE;
    settings.types = midi::kAllTypes & ~2U;
    settings.sysex = false;
    settings.channel_map[2] = 9;
    settings.transpose = -7;
    settings.velocity.kind = midi::CurveKind::Points;
    (void)settings.velocity.points.push_back({1, 20});
    (void)settings.velocity.points.push_back({127, 110});
    settings.velocity.fixed = 3;
    (void)settings.remaps.push_back({.from = 20, .to_channel = 4, .to = 7, .invert = true});
    (void)settings.remaps.push_back({.from_channel = 2, .from = 1, .to = 1, .out_high = 64});
    return settings;
}

TEST(PipelineConfig, SaysWhatItReads) {
    auto config = default_host_config();
    EXPECT_EQ(config.pipeline, PipelineSettings{});
    config.pipeline = some_settings();
    const auto again = parse(print_config(config));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, config);
}

TEST(PipelineConfig, AClientHasTheSameKeys) {
    ClientConfig config;
    config.pipeline = some_settings();
    EXPECT_EQ(*parse_client_config(print_config(config), "client.toml"), config);
    EXPECT_THAT(parse_client_config("[pipeline]\ntranspose = 128\n", "client.toml").error().message,
                HasSubstr("client.toml:2:13: pipeline.transpose is 128; expected an integer from"));
}

TEST(PipelineConfig, ARemapNeedsOnlyItsSource) {
    const auto parsed = parse("[[pipeline.cc_remap]]\nfrom = 1\nout_high = 10\n");
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->pipeline.remaps[0], (midi::ControlRemap{.from = 1, .to = 1, .out_high = 10}));
}

TEST(PipelineConfig, EveryWrongKeyIsNamedWhereItStands) {
    const std::map<std::string, std::string> cases{
        {"channels = [0]", "host.toml:2:13: pipeline.channels[0] is 0; expected an integer from 1"},
        {"types = [\"notes\"]", "pipeline.types[0] is \"notes\" (a string); expected \"note\", "},
        {"channel_map = [1, 2]", "pipeline.channel_map is a list; expected 16 channels"},
        {"transpose = 128", "pipeline.transpose is 128; expected an integer from -127 to 127"},
        {"velocity_curve = \"soft\"", "expected \"linear\", \"logarithmic\", "},
        {"velocity_curve = \"points\"", "expected velocity_points with it, at least one"},
        {"velocity_points = [{ in = 5, out = 1 }, { in = 5, out = 1 }]",
         "host.toml:2:48: pipeline.velocity_points[1].in is 5; expected a value above the point"},
        {"velocity_points = [5]", "pipeline.velocity_points[0] is 5; expected a table"},
        {"velocity_points = 5", "pipeline.velocity_points is 5; expected a list of tables"},
        {"velocity_fixed = 0", "pipeline.velocity_fixed is 0; expected an integer from 1 to 127"},
        {"cc_remap = [{ to = 5 }]", "pipeline.cc_remap[0] is a table; expected a table that has"},
        {"cc_remap = [{ from = 6 }]", "pipeline.cc_remap[0].from is 6; expected a controller from"},
        {"cc_remap = [{ from = 1, colour = 6 }]", "pipeline.cc_remap[0].colour is not a known key"},
        {"cc_remap = [{ from = 1 }, { from = 1, to = 2 }]", "each controller of a channel in one"},
        {"cc_remap = [{ from = 1, in_low = 9, in_high = 8 }]", "not above in_high"},
        {"tranpose = 1", "pipeline.tranpose is not a known key; did you mean transpose?"},
    };
    for (const auto& [keys, expected] : cases) EXPECT_THAT(complaint(keys), HasSubstr(expected));
    std::string many = "cc_remap = [";
    for (int i = 0; i < 33; ++i) many += "{ from = " + std::to_string(39 + i) + " }, ";
    EXPECT_THAT(complaint(many + "]"), HasSubstr("expected at most 32 entries"));
}

// ---- set_toml_keys

const std::vector<TomlEntry> kTwo{{"a", "7"}, {"b", "\"x\""}, {"c", "[]", false}};

TEST(TomlEdit, ReplacesValuesWhereTheyStandAndAddsWhatIsMissing) {
    EXPECT_EQ(
        set_toml_keys("# top\n[p]\n # in\na = [ # why\n 1,\n]  # tail\n\n# of q\n[q]\na = 1\n", "p",
                      kTwo),
        "# top\n[p]\n # in\na = 7  # tail\nb = \"x\"\n\n# of q\n[q]\na = 1\n");
    EXPECT_EQ(set_toml_keys("[p]\n", "p", kTwo), "[p]\na = 7\nb = \"x\"\n");
    EXPECT_EQ(set_toml_keys("[ \"p\" ]\r\nc = 1\r\n", "p", kTwo),
              "[ \"p\" ]\r\nc = []\r\na = 7\r\nb = \"x\"\r\n");
    EXPECT_EQ(set_toml_keys("[p]\nb = 1", "p", kTwo), "[p]\nb = \"x\"\na = 7\n");
}

TEST(TomlEdit, MakesTheSectionOnlyWhereItIsNeeded) {
    EXPECT_EQ(set_toml_keys("", "p", kTwo), "[p]\na = 7\nb = \"x\"\n");
    EXPECT_EQ(set_toml_keys("[q]\nz = 1", "p", kTwo), "[q]\nz = 1\n\n[p]\na = 7\nb = \"x\"\n");
    EXPECT_EQ(set_toml_keys("[q]", "p", {{"c", "[]", false}}), "[q]");
}

TEST(TomlEdit, IsNotFooledByTextThatLooksLikeAHeader) {
    const std::string text =
        "[q]\ns = \"\"\"\n[p]\na = 1\n\"\"\"\nt = ''' \n[p]'''\nu = [\n [\"[p]\"], # ]\n[1]]\n";
    EXPECT_EQ(set_toml_keys(text, "p", {{"a", "7"}}), text + "\n[p]\na = 7\n");
    EXPECT_EQ(set_toml_keys("[p]\nk = \"\\\"#\" # c\na = '\"'\n", "p", {{"a", "7"}}),
              "[p]\nk = \"\\\"#\" # c\na = 7\n");
}

TEST(TomlEdit, TakesSubsectionsOfWhatItSetsAway) {
    EXPECT_EQ(set_toml_keys("[p]\nz = 1\n# first\n[[p.a]]\nx = 1\n\n[[p.a]]\nx = 2\n[p.o]\ny = 1\n",
                            "p", {{"a", "[{ x = 3 }]"}}),
              "[p]\nz = 1\na = [{ x = 3 }]\n# first\n\n[p.o]\ny = 1\n");
}

TEST(PipelineConfig, ChangesNothingElseInAFile) {
    const std::string before =
        "# our show\n[host]\nid = 4 # stage left\n\n[pipeline]  # carefully\ntranspose = 0x02 # "
        "up\n"
        "[[pipeline.cc_remap]]\nfrom = 1\n\n# ports\n[network]\ndata_port=6000\n";
    const auto after = with_pipeline(before, some_settings());
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_EQ(parse(*after)->pipeline, some_settings());
    EXPECT_THAT(*after,
                HasSubstr("# our show\n[host]\nid = 4 # stage left\n\n[pipeline]  # caref"));
    EXPECT_THAT(*after, HasSubstr("transpose = -7 # up\n"));
    EXPECT_THAT(*after, HasSubstr("\n# ports\n[network]\ndata_port=6000\n"));
    EXPECT_EQ(*with_pipeline(*after, some_settings()), *after);
    EXPECT_EQ(parse(*with_pipeline(*after, {}))->pipeline, PipelineSettings{});
    EXPECT_FALSE(with_pipeline("pipeline.transpose = 1\n", some_settings()));
    EXPECT_FALSE(with_pipeline("[pipeline\n", some_settings()));
}

// ---- PipelineKeeper

struct Disk {
    std::map<std::string, std::string> files;
    std::string sealed;  ///< cannot be written
    PipelineKeeper keeper(PipelineKeeper::Places places,
                          PipelineKeeper::Rewrite rewrite = with_pipeline) {
        return {std::move(places),
                {[this](const auto& path) -> Result<std::string> {
                     const auto found = files.find(path.string());
                     if (found == files.end()) return fail("cannot read " + path.string());
                     return found->second;
                 },
                 [this](const auto& path, const auto& text) -> Result<void> {
                     if (path.string() == sealed) return fail("cannot write " + path.string());
                     files[path.string()] = text;
                     return {};
                 }},
                rewrite};
    }
};

TEST(PipelineKeeper, KeepsItInTheConfiguration) {
    Disk disk;
    disk.files["c"] = "[host]\nid = 2\n";
    auto keeper = disk.keeper({"c", "s"});
    EXPECT_EQ(keeper.recall({}), PipelineSettings{});
    EXPECT_TRUE(keeper.keep(some_settings()).kept);
    EXPECT_EQ(parse(disk.files["c"])->pipeline, some_settings());
    EXPECT_EQ(disk.files.count("s"), 0U);
}

TEST(PipelineKeeper, KeepsItInTheStateWhereTheConfigurationCannotBeWritten) {
    Disk disk;
    disk.files["c"] = "[pipeline]\ntranspose = 1\n";
    disk.sealed = "c";
    auto first = disk.keeper({"c", "s"});
    const auto configured = parse(disk.files["c"])->pipeline;
    (void)first.recall(configured);
    const auto kept = first.keep(some_settings());
    EXPECT_TRUE(kept.kept);
    EXPECT_EQ(kept.sentence, "kept in s, because cannot write c");
    auto next = disk.keeper({"c", "s"});
    EXPECT_EQ(next.recall(configured), some_settings());
    EXPECT_EQ(next.recall({}), PipelineSettings{}) << "somebody changed the file since";
    disk.sealed.clear();
    PipelineSettings other;
    other.transpose = 5;
    (void)next.recall(configured);
    EXPECT_TRUE(next.keep(other).kept);
    EXPECT_EQ(disk.keeper({"c", "s"}).recall(configured), configured) << "the older one is gone";
    disk.files["s"] = "nonsense";
    EXPECT_EQ(disk.keeper({"c", "s"}).recall(configured), configured);
}

TEST(PipelineKeeper, KeepsAClientsInItsOwnFile) {
    Disk disk;
    disk.files["c"] = "# booth\n[midi]\nport = \"jack\"\n";
    auto keeper = disk.keeper({"c", "s"}, with_client_pipeline);
    EXPECT_EQ(keeper.recall_at_start({}), PipelineSettings{});
    EXPECT_TRUE(keeper.keep(some_settings()).kept);
    EXPECT_THAT(disk.files["c"], HasSubstr("# booth\n[midi]\nport = \"jack\"\n\n[pipeline]\n"));
    EXPECT_EQ(parse_client_config(disk.files["c"], "c")->pipeline, some_settings());
    EXPECT_EQ(keeper.recall_at_start({}), some_settings()) << "of a device that starts later";
    EXPECT_EQ(keeper.recall({}), PipelineSettings{}) << "the file was changed by hand";
    EXPECT_EQ(keeper.recall_at_start(some_settings()), PipelineSettings{});
    EXPECT_FALSE(disk.keeper({"c", {}}).keep({}).kept) << "a client's file is no host's";
}

TEST(PipelineKeeper, SaysWhyItDoesNotSurvive) {
    Disk disk;
    auto keeper = disk.keeper({});
    const auto kept = keeper.keep(some_settings());
    EXPECT_FALSE(kept.kept);
    EXPECT_EQ(kept.sentence,
              "it does not survive a restart: there is no configuration file, and there is no "
              "directory for state");
    disk.sealed = "s";
    EXPECT_THAT(disk.keeper({"c", "s"}).keep({}).sentence, HasSubstr("cannot write s"));
}

}  // namespace
}  // namespace midinet::control
