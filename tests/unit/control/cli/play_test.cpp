// What is pure of `send`, `replay`, `verify` of the stream and `config apply`.
#include "control/cli/api/config_text.hpp"
#include "control/cli/play/host_text.hpp"
#include "control/cli/play/message_bytes.hpp"
#include "control/cli/stream/song_check.hpp"
#include "midi/smf_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <initializer_list>

namespace midinet::control::cli {
namespace {

using ::testing::HasSubstr;
using Bytes = std::vector<std::uint8_t>;

constexpr TimePoint kStart{10s};

// Bytes that are typed
// -----------------------------------------------------------------------------

TEST(CliSend, TakesMessagesHoweverTheyAreSpaced) {
    const auto messages = message_bytes({"903C64", " b0  07 ", "40", "f8", "F07D0102f7", ""});
    ASSERT_TRUE(messages) << messages.error();
    EXPECT_EQ(*messages,
              (std::vector<Bytes>{
                  {0x90, 0x3C, 0x64}, {0xB0, 0x07, 0x40}, {0xF8}, {0xF0, 0x7D, 0x01, 0x02, 0xF7}}));
}

TEST(CliSend, SaysWhichByteIsWrong) {
    const std::vector<std::pair<std::vector<std::string>, const char*>> cases{
        {{"90", "3C"}, "byte 1 (90)"},
        {{"C005", "3C"}, "byte 3 (3C)"},
        {{"903C90"}, "byte 1 (90)"},
        {{"F07D"}, "byte 1 (F0)"},
        {{"F07D90F7"}, "byte 1 (F0)"},
        {{"FE"}, "active sensing"},
        {{"9"}, "9"},
        {{"9G"}, "9G"},
        {{}, "there are no bytes"},
        {{"F7"}, "byte 1 (F7)"},
    };
    for (const auto& [words, sentence] : cases) {
        const auto messages = message_bytes(words);
        ASSERT_FALSE(messages) << sentence;
        EXPECT_THAT(messages.error(), HasSubstr(sentence));
    }
}

TEST(CliSend, ItsHostIsConfiguredAsTheOrderSays) {
    Order order{.act = Act::Replay};
    order.as = SourceId{7};
    order.request.group = {0xEF455364, 6006};
    order.request.interfaces = {"eth0"};
    const auto text = player_config(order, "/tmp/a \"song\".mid");
    EXPECT_THAT(text, HasSubstr("id = 7\n"));
    EXPECT_THAT(text, HasSubstr("interfaces = [\"eth0\"]"));
    EXPECT_THAT(text, HasSubstr("control_group = \"239.69.83.100\"\ncontrol_port = 6006\n"));
    EXPECT_THAT(text, HasSubstr(R"(device = "file:/tmp/a \"song\".mid")"));
    EXPECT_THAT(text, HasSubstr("exit_at_end = true"));
}

// A stream held against a song
// ---------------------------------------------------------------------

midi::SmfSong song_of(std::initializer_list<std::pair<Duration, Bytes>> messages) {
    midi::SmfAppender smf;
    Bytes file;
    for (const auto& [at, bytes] : messages) EXPECT_TRUE(smf.add(at, bytes));
    for (const auto& patch : smf.finish({})) midi::apply_patch(patch, file);
    return *midi::read_smf(file, "song");
}

TapEvent heard(Duration at, Bytes bytes) {
    TapEvent event;
    event.at = at;
    event.bytes = std::move(bytes);
    return event;
}

class CliVerify : public ::testing::Test {
  protected:
    midi::SmfSong song_ = song_of({{0s, {0x90, 0x3C, 0x64}}, {1s, {0x80, 0x3C, 0x40}}});
    SongCheck check_{song_};
};

TEST_F(CliVerify, TheSameMessagesAreTheSameWheneverTheyBegan) {
    EXPECT_EQ(check_.due(), kNever);
    check_.on_event(heard(50s, {0x90, 0x3C, 0x64}), kStart);
    EXPECT_EQ(check_.due(), kStart + 1s + SongCheck::kPatience);
    check_.on_event(heard(50500ms, {0xF8}), kStart);  // a clock that runs on by itself
    check_.on_event(heard(51s + 3ms, {0x80, 0x3C, 0x40}), kStart + 1s);
    EXPECT_TRUE(check_.over());
    EXPECT_FALSE(check_.differs());
    EXPECT_EQ(check_.same(), 2U);
    EXPECT_EQ(check_.drift(), 3ms);
    EXPECT_EQ(check_.due(), kNever);
}

TEST_F(CliVerify, TheFirstDifferenceIsNamedOnBothSides) {
    check_.on_event(heard(50s, {0x90, 0x3C, 0x64}), kStart);
    check_.on_event(heard(51s, {0x80, 0x3C, 0x41}), kStart + 1s);
    check_.on_event(heard(52s, {0x80, 0x3C, 0x42}), kStart + 2s);
    EXPECT_TRUE(check_.differs());
    EXPECT_EQ(check_.same(), 1U);
    EXPECT_THAT(check_.wanted(), HasSubstr("80 3C 40"));
    EXPECT_THAT(check_.heard(), HasSubstr("80 3C 41"));
}

TEST_F(CliVerify, WhatDoesNotComeIsMissingAfterItsTime) {
    check_.on_event(heard(50s, {0x90, 0x3C, 0x64}), kStart);
    check_.on_timer(check_.due() - 1ns);
    EXPECT_FALSE(check_.over());
    check_.on_timer(check_.due());
    EXPECT_TRUE(check_.differs());
    EXPECT_EQ(check_.heard(), "nothing more");
}

TEST_F(CliVerify, ASysExOfWhichPartsAreMissingDiffers) {
    check_.on_event(heard(50s, {}), kStart);
    EXPECT_THAT(check_.heard(), HasSubstr("parts were missed"));
}

TEST_F(CliVerify, AnEndBeforeTheSongsIsADifference) {
    check_.end();
    EXPECT_TRUE(check_.differs());
    EXPECT_THAT(check_.wanted(), HasSubstr("90 3C 64"));
}

TEST(CliVerifyClock, ASongWithClockWantsIt) {
    const auto song = song_of({{0s, {0xF8}}, {1s, {0x80, 0x3C, 0x40}}});
    SongCheck check(song);
    check.on_event(heard(1s, {0xF8}), kStart);
    check.on_event(heard(2s, {0xF8}), kStart);
    EXPECT_TRUE(check.differs());
}

// What a change of the configuration takes
// ---------------------------------------------------------

TEST(CliConfigChange, IsToldBySectionWithWhatItTakesMost) {
    const auto answer = JsonValue::parse(R"({"dry_run": true, "diff": "x", "keys": [
        {"key": "log.level", "before": "info", "after": "debug",
         "takes": {"midi-admin": "at_once", "midi-host": "reload"}},
        {"key": "host.name", "before": null, "after": "b",
         "takes": {"midi-admin": "nothing", "midi-host": "reload"}},
        {"key": "host.id", "before": 1, "after": 2,
         "takes": {"midi-admin": "nothing", "midi-host": "restart"}}]})");
    EXPECT_EQ(config_change_text(answer),
              "[host] midi-host is to be started anew\n"
              "  host.name: null -> \"b\"\n"
              "  host.id: 1 -> 2\n"
              "[log] midi-admin takes it at once, midi-host is to be told to reload\n"
              "  log.level: \"info\" -> \"debug\"\n");
    EXPECT_EQ(config_done_text(answer), "") << "it was a trial";
}

TEST(CliConfigChange, WhatIsDoneNamesTheNextSteps) {
    const auto answer = JsonValue::parse(R"({"version": 4, "trial": {"until": "12:00"}, "keys": [
        {"key": "host.id", "before": 1, "after": 2, "takes": {"midi-host": "restart"}}]})");
    EXPECT_EQ(config_done_text(answer),
              "version 4 is in force\n"
              "taken back at 12:00 unless you say `midinet-cli config confirm`\n"
              "midi-host is to be started anew: systemctl restart midinet-host\n");
    EXPECT_EQ(config_change_text(JsonValue::parse(R"({"keys": [], "diff": ""})")),
              "nothing changes\n");
    EXPECT_EQ(config_change_text(JsonValue::parse(R"({"keys": [], "diff": "-# x\n"})")),
              "no key changes, only comments and their like\n");
}

}  // namespace
}  // namespace midinet::control::cli
