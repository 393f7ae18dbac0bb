#include "midi/smf_writer.hpp"

#include "smf_test_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

using namespace test;
using testing::ElementsAre;

Bytes written(const std::vector<SmfPatch>& patches, Bytes file = {}) {
    for (const SmfPatch& patch : patches) apply_patch(patch, file);
    return file;
}

TEST(SmfAppender, AnEmptyRecordingIsAHeaderATempoAndAnEnd) {
    SmfAppender appender;
    EXPECT_EQ(written(appender.flush()),
              hex("4D546864 00000006 0000 0001 2580"
                  "4D54726B 0000000B 00 FF 51 03 07 A1 20  00 FF 2F 00"));
}

TEST(SmfAppender, NamesStandAtTheStart) {
    SmfAppender appender{{.track = "Set", .device = "APC40"}};
    EXPECT_EQ(written(appender.flush()),
              hex("4D546864 00000006 0000 0001 2580"
                  "4D54726B 0000001B 00 FF 03 03 53 65 74  00 FF 09 05 41 50 43 34 30"
                  "00 FF 51 03 07 A1 20  00 FF 2F 00"));
}

TEST(SmfAppender, AFlushAddsBehindTheEndThenTheLengthThenRenamesTheEnd) {
    SmfAppender appender;
    (void)appender.flush();
    ASSERT_TRUE(appender.add(500ms, hex("90 3C 40")));  // 9,600 ticks: CB 00
    const auto patches = appender.flush();
    ASSERT_EQ(patches.size(), 3U);
    EXPECT_EQ(patches[0].offset, 33U);
    EXPECT_EQ(patches[0].bytes, hex("CB 00 90 3C 40  00 FF 2F 00"));
    EXPECT_EQ(patches[1].offset, 18U);
    EXPECT_EQ(patches[1].bytes, hex("00 00 00 14"));
    EXPECT_EQ(patches[2].offset, 31U);
    EXPECT_EQ(patches[2].bytes, hex("01"));
    EXPECT_EQ(appender.file_size(), 42U);
}

TEST(SmfAppender, WithNothingNewAFlushWritesNothing) {
    SmfAppender appender;
    EXPECT_EQ(appender.flush().size(), 1U);
    EXPECT_TRUE(appender.flush().empty());
    ASSERT_TRUE(appender.add(1ms, hex("F8")));
    EXPECT_EQ(appender.flush().size(), 3U);
    EXPECT_TRUE(appender.flush().empty());
}

/// What the file's track holds between the tempo and the last End of Track.
Bytes encoded(Duration at, const Bytes& message) {
    SmfAppender appender;
    EXPECT_TRUE(appender.add(at, message));
    const Bytes file = written(appender.flush());
    return {file.begin() + 33, file.end() - 4};
}

TEST(SmfAppender, EachKindOfMessageHasItsEvent) {
    EXPECT_EQ(encoded(0ms, hex("90 3C 40")), hex("00 90 3C 40"));
    EXPECT_EQ(encoded(0ms, hex("C3 07")), hex("00 C3 07"));
    EXPECT_EQ(encoded(0ms, hex("F0 7D 01 F7")), hex("00 F0 03 7D 01 F7"));
    EXPECT_EQ(encoded(0ms, hex("F8")), hex("00 F7 01 F8"));
    EXPECT_EQ(encoded(0ms, hex("F2 00 10")), hex("00 F7 03 F2 00 10"));
    EXPECT_EQ(encoded(0ms, hex("01 02 F7")), hex("00 F7 03 01 02 F7"));  // the rest of a SysEx
    EXPECT_EQ(encoded(0ms, hex("90 3C")), hex("00 F7 02 90 3C"));        // half a message
    EXPECT_EQ(encoded(0ms, hex("90 3C F8")), hex("00 F7 03 90 3C F8"));
}

TEST(SmfAppender, RunningStatusIsNeverUsed) {
    SmfAppender appender;
    ASSERT_TRUE(appender.add(0ms, hex("90 3C 40")) && appender.add(0ms, hex("90 3D 40")));
    const Bytes file = written(appender.flush());
    EXPECT_EQ(Bytes(file.begin() + 33, file.end() - 4), hex("00 90 3C 40 00 90 3D 40"));
}

TEST(SmfAppender, NoBytesAreNoEvent) {
    SmfAppender appender;
    ASSERT_TRUE(appender.add(1s, {}));
    EXPECT_EQ(appender.flush().size(), 1U);
}

TEST(SmfAppender, ALongSysExMayComeInPiecesWithClockBetween) {
    SmfAppender appender;
    const Bytes piece(1024, 0x11);
    ASSERT_TRUE(appender.add(1ms, hex("F0 47")));
    for (int i = 0; i < 70; ++i) {
        ASSERT_TRUE(appender.add(1ms, piece));
        if (i == 30) {
            ASSERT_TRUE(appender.add(1ms, hex("F8")));
        }
    }
    ASSERT_TRUE(appender.add(1ms, hex("12 F7")));
    const auto sent = play(written(appender.flush()));
    ASSERT_EQ(sent.size(), 73U);
    EXPECT_EQ(sent[0].bytes, hex("F0 47"));
    EXPECT_EQ(sent[31].bytes, piece);
    EXPECT_EQ(sent[32].bytes, hex("F8"));
    EXPECT_EQ(sent[72].bytes, hex("12 F7"));
}

TEST(SmfAppender, TimesThatGoBackAreTheSameMoment) {
    SmfAppender appender;
    ASSERT_TRUE(appender.add(1s, hex("90 3C 40")));
    ASSERT_TRUE(appender.add(500ms, hex("80 3C 40")));
    ASSERT_TRUE(appender.add(-1s, hex("FA")));
    EXPECT_THAT(
        play(written(appender.flush())),
        ElementsAre(Sent{1s, hex("90 3C 40")}, Sent{1s, hex("80 3C 40")}, Sent{1s, hex("FA")}));
}

TEST(SmfAppender, EachTimeIsRoundedOnItsOwn) {
    SmfAppender appender;
    // 10 ms are 192 ticks; 26 us, half a tick less 42 ns, must not add up.
    for (int i = 1; i <= 10'000; ++i) ASSERT_TRUE(appender.add(i * 26us, hex("F8")));
    const auto sent = play(written(appender.flush()));
    EXPECT_EQ(sent.back().at, 260ms);
}

TEST(SmfAppender, ANightOfSilenceIsKept) {
    SmfAppender appender;
    ASSERT_TRUE(appender.add(10h, hex("90 3C 40")));
    ASSERT_TRUE(appender.add(24h * 300, hex("80 3C 40")));
    EXPECT_THAT(play(written(appender.flush())),
                ElementsAre(Sent{10h, hex("90 3C 40")}, Sent{24h * 300, hex("80 3C 40")}));
}

TEST(SmfAppender, NothingIsLaterThanTheLongestSong) {
    SmfAppender appender;
    ASSERT_TRUE(appender.add(Duration::max(), hex("90 3C 40")));
    EXPECT_THAT(play(written(appender.flush())), ElementsAre(Sent{kSmfMaxLength, hex("90 3C 40")}));
}

TEST(SmfAppender, FinishKeepsTheSilenceAtTheEnd) {
    SmfAppender appender;
    ASSERT_TRUE(appender.add(1s, hex("90 3C 40")));
    const Bytes file = written(appender.flush());
    const auto song = read_smf(written(appender.finish(12h), file), "song.mid");
    ASSERT_TRUE(song);
    EXPECT_EQ(song->length, 12h);
    EXPECT_EQ(song->events.size(), 1U);
}

TEST(SmfAppender, AFullFileRefusesMoreAndCanStillBeFinishedAndRead) {
    SmfAppender appender;
    const Bytes piece(kSmfMaxFile / 8, 0x11);
    int taken = 0;
    while (appender.add(1s, piece)) ++taken;
    EXPECT_EQ(taken, 7);
    const Bytes file = written(appender.finish(kSmfMaxLength));
    EXPECT_LE(file.size(), kSmfMaxFile);
    const auto song = read_smf(file, "song.mid");
    ASSERT_TRUE(song);
    EXPECT_EQ(song->length, kSmfMaxLength);
}

TEST(WriteSmf, ASongReadFromTwoTracksBecomesOne) {
    const auto song = read_smf(header("0001 0002 0060") +
                                   track("00 FF 51 03 03 D0 90  60 90 3C 40  60 FF 2F 00") +
                                   track("30 F0 02 7D F7  00 FF 2F 00"),
                               "song.mid");
    ASSERT_TRUE(song);
    const auto file = write_smf(*song, {.track = "Both", .device = {}});
    ASSERT_TRUE(file);
    const auto again = read_smf(*file, "again.mid");
    ASSERT_TRUE(again);
    EXPECT_EQ(sent_by(*again), sent_by(*song));
    EXPECT_EQ(again->length, 500ms);
    EXPECT_THAT(again->track_names, ElementsAre("Both"));
}

}  // namespace
}  // namespace midinet::midi
