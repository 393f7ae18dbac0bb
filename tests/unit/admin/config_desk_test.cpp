#include "admin/config/config_desk.hpp"

#include "unit/platform/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <memory>

namespace midinet::admin {
namespace {

using control::JsonValue;
using ::testing::HasSubstr;

/// A file on a disk that may refuse, and a clock of its own.
class Desk : public ::testing::Test {
  protected:
    void SetUp() override { start("# ours\n[log]\nlevel = \"info\"  # usual\n"); }
    void start(const std::string& text) {
        write(text);
        open();
    }
    /// As after a restart of the program.
    void open() {
        desk_ = std::make_unique<ConfigDesk>(ConfigDesk::Surroundings{
            .file = has_file_ ? std::optional(path_) : std::nullopt,
            .started = {},
            .kept = kept_,
            .read = [this](const auto&) { return Result<std::string>(text()); },
            .write = [this](const auto&, const std::string& changed) -> Result<void> {
                if (file_sealed_) return fail("cannot write it (read-only)");
                write(changed);
                return {};
            },
            .keep = [this](const std::string& history) -> Result<void> {
                if (history_sealed_) return fail("no room");
                kept_ = history;
                return {};
            },
            .set_aside =
                [this](const std::string& history) {
                    aside_ = history;
                    return "is kept elsewhere";
                },
            .machine = {.find_interface = [](const std::string& name) -> Result<void> {
                            if (name != "eth9") return {};
                            return fail("there is no network interface \"eth9\"");
                        },
                        .has_address =
                            [](const auto& at) { return at != io::parse_ip("10.9.9.9").value(); },
                        .can_read = [](const auto& path) { return path != "/none"; }},
            .changed = [this] { ++changed_; },
            .record = [this](const Event& event) { audit_ += event.text + '\n'; },
            .say = [this](const std::string& news) { said_ += news + '\n'; },
            .unix_ms = [this] { return now_; }});
    }
    void write(const std::string& text) { std::ofstream(path_) << text; }
    std::string text() const {
        std::ifstream file(path_);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    ConfigWish wish(const std::string& json, std::int64_t within_ms = 0) {
        return {.patch = JsonValue::parse(json),
                .if_match = desk_->show()->etag,
                .from = "10.0.0.9",
                .within_ms = within_ms};
    }
    JsonValue changed(const std::string& json, std::int64_t within_ms = 0) {
        const auto done = desk_->change(wish(json, within_ms));
        EXPECT_TRUE(done) << done.error().detail;
        return done ? done->json : JsonValue();
    }
    static ProblemKind kind(const ConfigDesk::Answer& answer) { return answer.error().kind; }

    platform::TempDir folder_;
    std::filesystem::path path_ = folder_.path() / "midinet.toml";
    std::string kept_;
    std::string aside_;
    bool has_file_ = true;
    bool file_sealed_ = false;
    bool history_sealed_ = false;
    int changed_ = 0;
    std::string audit_;
    std::string said_;
    std::int64_t now_ = 1'700'000'000'000;
    std::unique_ptr<ConfigDesk> desk_;
};

constexpr const char* kDebug = R"({"log": {"level": "debug"}})";

TEST_F(Desk, ShowsTheFileAndWhatWaitsForAStart) {
    start("[admin]\nlisten = \"[::1]:9\"\nkeep_hours_d = 9\n[midi]\nbaud = 50\n");
    const auto shown = desk_->show();
    EXPECT_EQ(shown->json["config"]["midi"]["baud"], 50);
    EXPECT_EQ(shown->json["config"]["admin"]["keep_minutes_d"], 7);
    EXPECT_EQ(shown->json["text"], text());
    EXPECT_EQ(shown->json["restart"], JsonValue::array({"admin.listen"}));
    EXPECT_EQ(shown->json["etag"], shown->etag);
    write(text() + "#\n");
    EXPECT_NE(desk_->show()->etag, shown->etag);
}

TEST_F(Desk, ShowsABrokenFileWithItsFaultAndHidesSecrets) {
    start("[admin]\napi_token = \"abc\"\n");
    const auto json = desk_->show()->json;
    EXPECT_THAT(json["problem"].get<std::string>(), HasSubstr("admin"));
    EXPECT_TRUE(json["config"].is_null());
    EXPECT_THAT(json.dump(), ::testing::Not(HasSubstr("abc")));
    EXPECT_EQ(kind(desk_->change(wish(kDebug))), ProblemKind::Refused);
    auto whole = wish("{}");
    whole.text = "[log]\n";
    EXPECT_TRUE(desk_->change(whole));
    EXPECT_EQ(text(), "[log]\n");
}

TEST_F(Desk, ChangesTheLineAndTellsAll) {
    const auto json = changed(kDebug);
    EXPECT_EQ(text(), "# ours\n[log]\nlevel = \"debug\"  # usual\n");
    EXPECT_THAT(json["diff"].get<std::string>(),
                HasSubstr("-level = \"info\"  # usual\n+level = \"debug\"  # usual\n"));
    ASSERT_EQ(json["keys"].size(), 1U);
    EXPECT_EQ(json["keys"][0]["takes"]["midi-host"], "reload");
    EXPECT_EQ(json["keys"][0]["takes"]["midi-admin"], "at_once");
    EXPECT_EQ(json["version"], 2) << "the first is what was found";
    EXPECT_EQ(changed_, 1);
    EXPECT_THAT(audit_, HasSubstr("log.level"));
    const auto versions = desk_->history()->json["versions"];
    EXPECT_EQ(versions[0]["who"], "api");
    EXPECT_EQ(versions[0]["from"], "10.0.0.9");
    EXPECT_EQ(versions[1]["who"], "file");
}

TEST_F(Desk, RefusesAndChangesNothing) {
    const auto before = text();
    auto none = wish(kDebug);
    none.if_match.reset();
    EXPECT_EQ(kind(desk_->change(none)), ProblemKind::Ambiguous);
    none.if_match = "\"old\"";
    EXPECT_EQ(kind(desk_->change(none)), ProblemKind::Outdated);
    const auto wrong = desk_->change(wish(R"({"log": {"level": "loud"}})"));
    EXPECT_EQ(kind(wrong), ProblemKind::Invalid);
    EXPECT_EQ(wrong.error().pointer, "/config/log/level");
    auto whole = wish("{}");
    whole.text = "[log\n";
    EXPECT_EQ(desk_->change(whole).error().pointer, "/text");
    auto dry = wish(kDebug);
    dry.dry_run = true;
    dry.if_match.reset();
    EXPECT_THAT(desk_->change(dry)->json["diff"].get<std::string>(), HasSubstr("debug"));
    EXPECT_TRUE(desk_->change(wish(R"({"log": {"level": "info"}})"))->json["version"].is_null());
    for (bool* sealed : {&file_sealed_, &history_sealed_}) {
        *sealed = true;
        EXPECT_EQ(kind(desk_->change(wish(kDebug))), ProblemKind::NotKept);
        *sealed = false;
        EXPECT_TRUE(desk_->history()->json["versions"].empty());
        open();
        EXPECT_TRUE(desk_->history()->json["versions"].empty());
    }
    EXPECT_EQ(text(), before);
    EXPECT_EQ(changed_, 0);
    EXPECT_EQ(audit_, "");
}

TEST_F(Desk, RefusesAnEmptyText) {
    auto whole = wish("{}");
    for (const char* text : {"", " \n\t\r\n"}) {
        whole.text = text;
        const auto answer = desk_->change(whole);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().pointer, "/text");
        EXPECT_THAT(answer.error().detail, HasSubstr("empty"));
    }
    EXPECT_EQ(text(), "# ours\n[log]\nlevel = \"info\"  # usual\n");
}

TEST_F(Desk, WarnsOfWhatIsNotThereAndRefusesWhatWouldKeepItFromItsNextStart) {
    auto json = changed(R"({"network": {"interfaces": ["eth9"]}})");
    ASSERT_EQ(json["warnings"].size(), 1U);
    EXPECT_EQ(json["warnings"][0]["key"], "network.interfaces");
    EXPECT_EQ(json["warnings"][0]["stops"], false);
    auto elsewhere = wish(R"({"admin": {"listen": "10.9.9.9:80"}})");
    EXPECT_EQ(kind(desk_->change(elsewhere)), ProblemKind::Refused);
    EXPECT_THAT(desk_->change(elsewhere).error().detail, HasSubstr("10.9.9.9"));
    elsewhere.dry_run = true;
    json = desk_->change(elsewhere)->json;
    ASSERT_EQ(json["warnings"].size(), 2U);
    EXPECT_EQ(json["warnings"][0]["stops"], true);
    EXPECT_THAT(text(), ::testing::Not(HasSubstr("10.9.9.9")));
    write("[admin]\nlisten = \"10.9.9.9:80\"\n");
    EXPECT_EQ(changed(kDebug)["warnings"].size(), 1U) << "it was so before";
    EXPECT_TRUE(desk_->roll_back(1, {.from = "10.0.0.9"}));
    const auto back = desk_->roll_back(3, {.from = "10.0.0.9"});
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().kind, ProblemKind::Refused);
}

TEST_F(Desk, HasNothingToChangeWithoutAFileAndMakesOneThatIsGone) {
    std::filesystem::remove(path_);
    EXPECT_EQ(desk_->show()->etag, "");
    EXPECT_TRUE(desk_->change({.patch = JsonValue::parse(kDebug)}));
    EXPECT_EQ(text(), "[log]\nlevel = \"debug\"\n");
    has_file_ = false;
    open();
    EXPECT_TRUE(desk_->show()->json["path"].is_null());
    EXPECT_EQ(desk_->show()->json["config"]["log"]["level"], "info");
    EXPECT_EQ(kind(desk_->change(wish(kDebug))), ProblemKind::Refused);
    EXPECT_EQ(kind(desk_->roll_back(1, {})), ProblemKind::Refused);
}

TEST_F(Desk, RollsBackToAVersionAlsoAfterARestart) {
    const auto first = text();
    changed(kDebug);
    changed(R"({"log": {"format": "json"}})");
    open();
    EXPECT_EQ(desk_->roll_back(9, {}).error().pointer, "/to");
    const auto done = desk_->roll_back(1, {});
    ASSERT_TRUE(done);
    EXPECT_EQ(text(), first);
    EXPECT_EQ(done->json["keys"].size(), 2U);
    EXPECT_EQ(done->json["version"], 4);
}

TEST_F(Desk, TakesBackWhatNobodyConfirms) {
    const auto first = text();
    const auto json = changed(kDebug, 60'000);
    EXPECT_EQ(json["trial"]["back_to"], 1);
    EXPECT_EQ(kind(desk_->change(wish(R"({"host": {"id": 2}})"))), ProblemKind::Refused);
    now_ += 59'999;
    EXPECT_FALSE(desk_->is_due());
    desk_->take_back();
    EXPECT_NE(text(), first);
    now_ += 1;
    ASSERT_TRUE(desk_->is_due());
    desk_->take_back();
    EXPECT_EQ(text(), first);
    EXPECT_FALSE(desk_->is_due());
    EXPECT_EQ(desk_->history()->json["versions"][0]["who"], "midi-admin");
    EXPECT_THAT(said_, HasSubstr("version 1 is back"));
    EXPECT_EQ(kind(desk_->confirm("")), ProblemKind::Refused);
    EXPECT_EQ(changed_, 2);
}

TEST_F(Desk, TakesBackAfterARestartWhateverTheClockSays) {
    const auto first = text();
    changed(kDebug, 60'000);
    now_ -= 1'000'000;
    open();
    EXPECT_FALSE(desk_->is_due());
    now_ += 60'000;
    EXPECT_TRUE(desk_->is_due());
    file_sealed_ = true;
    desk_->take_back();
    desk_->take_back();
    EXPECT_TRUE(desk_->is_due()) << "it tries again";
    EXPECT_EQ(said_.find("read-only"), said_.rfind("read-only")) << "said once";
    file_sealed_ = false;
    desk_->take_back();
    EXPECT_EQ(text(), first);
}

TEST_F(Desk, KeepsWhatIsConfirmedOrWasWrittenByOthers) {
    changed(kDebug, 60'000);
    EXPECT_EQ(desk_->confirm("10.0.0.9")->json["version"], 2);
    now_ += 100'000;
    EXPECT_FALSE(desk_->is_due());
    changed(R"({"log": {"format": "json"}})", 60'000);
    write("# mine\n");
    now_ += 100'000;
    desk_->take_back();
    EXPECT_EQ(text(), "# mine\n");
    EXPECT_THAT(said_, HasSubstr("left as it is"));
    changed(kDebug, 60'000);
    EXPECT_TRUE(desk_->roll_back(1, {})) << "which settles it";
    EXPECT_TRUE(desk_->show()->json["trial"].is_null());
    changed(kDebug);
}

TEST_F(Desk, BeginsAnewWhereItsHistoryIsDamaged) {
    changed(kDebug);
    kept_ = kept_.substr(0, kept_.size() / 2);
    open();
    EXPECT_THAT(said_, HasSubstr("begins anew"));
    EXPECT_THAT(said_, HasSubstr("it is kept elsewhere"));
    EXPECT_EQ(aside_, kept_);
    EXPECT_TRUE(desk_->history()->json["versions"].empty());
}

TEST_F(Desk, DoesNotTakeAnotherFilesHistoryForItsOwn) {
    changed(kDebug);
    open();
    EXPECT_EQ(desk_->history()->json["versions"].size(), 2u);
    EXPECT_EQ(said_, "");
    path_ = folder_.path() / "other.toml";
    write("# another one\n");
    open();
    EXPECT_THAT(said_, HasSubstr("midinet.toml\", not of"));
    EXPECT_EQ(aside_, kept_);
    EXPECT_EQ(kind(desk_->roll_back(1, {})), ProblemKind::Invalid);
    EXPECT_EQ(text(), "# another one\n");
}

TEST(ConfigHistory, IsBoundedAndReadsWhatItWrites) {
    ConfigHistory history;
    for (std::size_t i = 0; i < ConfigHistory::kMostVersions + 10; ++i)
        (void)history.add({.at_ms = 5, .who = "api", .keys = {"a.b"}, .text = std::to_string(i)});
    history.trial = {3, 2, 9, 8};
    EXPECT_EQ(history.versions().size(), ConfigHistory::kMostVersions);
    EXPECT_EQ(history.versions().back().number, 60);
    EXPECT_EQ(history.find(5), nullptr);
    EXPECT_EQ(history.find(60)->text, "59");
    EXPECT_EQ(ConfigHistory::from_file(history.to_file()).value(), history);
    for (int i = 0; i < 3; ++i)
        (void)history.add({.text = std::string(ConfigHistory::kMostBytes, 'x')});
    EXPECT_EQ(history.versions().size(), 2U);
    EXPECT_FALSE(ConfigHistory::from_file("{}"));
}

}  // namespace
}  // namespace midinet::admin
