#include "midi/smf_reader.hpp"

#include "smf_test_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace midinet::midi {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

// 96 ticks a quarter note, which lasts 500 ms unless a tempo event says otherwise: 0x60 ticks are
// 500 ms.
const Bytes kFormat0 = header("0000 0001 0060");
const Bytes kFormat1 = header("0001 0002 0060");

TEST(SmfReader, GivesChannelMessagesAtTheirTimes) {
    EXPECT_THAT(play(kFormat0 + track("00 90 3C 40  60 80 3C 40  30 C5 07  00 FF 2F 00")),
                ElementsAre(Sent{0ms, hex("90 3C 40")}, Sent{500ms, hex("80 3C 40")},
                            Sent{750ms, hex("C5 07")}));
}

TEST(SmfReader, RunningStatusGivesFullStatus) {
    EXPECT_THAT(
        play(kFormat0 + track("00 91 3C 40  00 3E 41  60 3C 00  00 D1 10  00 20  00 FF 2F 00")),
        ElementsAre(Sent{0ms, hex("91 3C 40")}, Sent{0ms, hex("91 3E 41")},
                    Sent{500ms, hex("91 3C 00")}, Sent{500ms, hex("D1 10")},
                    Sent{500ms, hex("D1 20")}));
}

TEST(SmfReader, RunningStatusIsTakenToOutliveMetaEventsAndSysEx) {
    EXPECT_THAT(
        play(kFormat0 + track("00 90 3C 40  00 FF 01 01 41  00 3E 40  00 F0 02 7D F7  00 40 40"
                              "00 FF 2F 00")),
        ElementsAre(Sent{0ms, hex("90 3C 40")}, Sent{0ms, hex("90 3E 40")},
                    Sent{0ms, hex("F0 7D F7")}, Sent{0ms, hex("90 40 40")}));
}

TEST(SmfReader, DeltaTimesHaveUpToFourBytes) {
    // 0x81 48 = 200 ticks; 0x81 80 00 = 16,384; 0xFF FF FF 7F = 268,435,455.
    EXPECT_THAT(play(header("0000 0001 01F4") +  // 500 ticks a quarter note: 1 ms each
                     track("81 48 90 3C 40  81 80 00 3C 00  FF FF FF 7F 3C 40  00 FF 2F 00")),
                ElementsAre(Sent{200ms, hex("90 3C 40")}, Sent{16'584ms, hex("90 3C 00")},
                            Sent{268'452'039ms, hex("90 3C 40")}));
}

TEST(SmfReader, SysExIsSentFromF0AndPacketsAndEscapesAsTheyStand) {
    EXPECT_THAT(
        play(kFormat0 + track("00 F0 03 43 12 00  60 F7 02 01 02  60 F7 02 03 F7  00 F7 01 FA"
                              "00 F7 03 F2 00 10  00 FF 2F 00")),
        ElementsAre(Sent{0ms, hex("F0 43 12 00")}, Sent{500ms, hex("01 02")},
                    Sent{1000ms, hex("03 F7")}, Sent{1000ms, hex("FA")},
                    Sent{1000ms, hex("F2 00 10")}));
}

TEST(SmfReader, EmptyEscapesSendNothing) {
    EXPECT_THAT(play(kFormat0 + track("00 F7 00  00 90 3C 40  00 FF 2F 00")),
                ElementsAre(Sent{0ms, hex("90 3C 40")}));
}

TEST(SmfReader, SysExLongerThanOneByteOfLengthIsWhole) {
    const Bytes body = Bytes(600, 0x55);
    // 0x84 59 = 601
    const Bytes file = kFormat0 + chunk("MTrk", hex("00 F0 84 59") + body + hex("F7 00 FF 2F 00"));
    EXPECT_THAT(play(file), ElementsAre(Sent{0ms, hex("F0") + body + hex("F7")}));
}

TEST(SmfReader, TracksOfFormatOnePlayTogetherAndSimultaneousEventsKeepTheirOrder) {
    EXPECT_THAT(play(kFormat1 + track("60 80 3C 40  00 90 3C 40  00 FF 2F 00") +
                     track("00 91 40 40  60 81 40 40  00 91 40 41  00 FF 2F 00")),
                ElementsAre(Sent{0ms, hex("91 40 40")}, Sent{500ms, hex("80 3C 40")},
                            Sent{500ms, hex("90 3C 40")}, Sent{500ms, hex("81 40 40")},
                            Sent{500ms, hex("91 40 41")}));
}

TEST(SmfReader, TempoEventsOfAnyTrackHoldForAllTracks) {
    // The second track says 250 ms a quarter note (03 D0 90 us) from the second quarter note on.
    EXPECT_THAT(play(kFormat1 + track("00 90 3C 40  60 90 3D 40  60 90 3E 40  00 FF 2F 00") +
                     track("60 FF 51 03 03 D0 90  60 91 3C 40  00 FF 2F 00")),
                ElementsAre(Sent{0ms, hex("90 3C 40")}, Sent{500ms, hex("90 3D 40")},
                            Sent{750ms, hex("90 3E 40")}, Sent{750ms, hex("91 3C 40")}));
}

TEST(SmfReader, ATempoOfZeroAndATempoTooShortAreIgnored) {
    EXPECT_THAT(play(kFormat0 + track("00 FF 51 03 00 00 00  00 FF 51 02 01 00  60 90 3C 40"
                                      "00 FF 2F 00")),
                ElementsAre(Sent{500ms, hex("90 3C 40")}));
}

TEST(SmfReader, PatternsOfFormatTwoPlayOneAfterTheOtherEachWithItsOwnTempo) {
    EXPECT_THAT(
        play(header("0002 0002 0060") + track("00 FF 51 03 03 D0 90  60 90 3C 40  60 FF 2F 00") +
             track("00 90 3D 40  60 80 3D 40  00 FF 2F 00")),
        ElementsAre(Sent{250ms, hex("90 3C 40")}, Sent{500ms, hex("90 3D 40")},
                    Sent{1000ms, hex("80 3D 40")}));
}

TEST(SmfReader, FramesOfTimeCodeIgnoreTheTempo) {
    // E7 28: 25 frames a second, 40 ticks a frame: 1 ms a tick.
    EXPECT_THAT(
        play(header("0000 0001 E728") + track("00 FF 51 03 03 D0 90  60 90 3C 40  00 FF 2F 00")),
        ElementsAre(Sent{96ms, hex("90 3C 40")}));
}

TEST(SmfReader, TheSongEndsWhereItsLastTrackEnds) {
    const auto song = read_smf(
        kFormat1 + track("00 90 3C 40  00 FF 2F 00") + track("81 40 FF 2F 00"),  // 192 ticks
        "song.mid");
    ASSERT_TRUE(song);
    EXPECT_EQ(song->length, 1000ms);
}

TEST(SmfReader, NamesOfTracksAreKeptAndOtherMetaEventsSkipped) {
    const auto song = read_smf(kFormat1 + track("00 FF 59 02 00 00  00 FF 7F 01 00  00 FF 2F 00") +
                                   track("00 FF 03 04 42 61 73 73  00 FF 03 01 58  00 FF 2F 00"),
                               "song.mid");
    ASSERT_TRUE(song);
    EXPECT_THAT(song->track_names, ElementsAre("", "Bass"));
    EXPECT_TRUE(song->events.empty());
    EXPECT_TRUE(song->warnings.empty());
}

TEST(SmfReader, NothingIsReadBehindEndOfTrack) {
    EXPECT_THAT(play(kFormat0 + track("00 90 3C 40  00 FF 2F 00  00 80 3C 40  FF FF FF FF FF")),
                ElementsAre(Sent{0ms, hex("90 3C 40")}));
}

TEST(SmfReader, BytesBehindTheLastChunkAreIgnored) {
    const Bytes song = kFormat1 + track("00 90 3C 40  00 FF 2F 00") + track("00 FF 2F 00");
    EXPECT_EQ(play(song + hex("1A 00 00")), play(song));
    EXPECT_EQ(play(song + hex("58 59 5A 20 7F FF FF FF 01 02 03")), play(song));
}

TEST(SmfReader, FormatZeroIsOneTrackEvenIfMoreBytesLookLikeOne) {
    EXPECT_THAT(play(kFormat0 + track("00 90 3C 40  00 FF 2F 00") + track("00 91 3C 40 FF")),
                ElementsAre(Sent{0ms, hex("90 3C 40")}));
}

TEST(SmfReader, UnknownChunksAreSkipped) {
    EXPECT_THAT(play(kFormat1 + chunk("XFIH", hex("01 02 03")) + track("00 90 3C 40  00 FF 2F 00") +
                     chunk("MTru", hex("00")) + track("00 91 3C 40  00 FF 2F 00")),
                ElementsAre(Sent{0ms, hex("90 3C 40")}, Sent{0ms, hex("91 3C 40")}));
}

TEST(SmfReader, AHeaderLongerThanSixBytesIsAccepted) {
    EXPECT_THAT(play(header("0000 0001 0060 DEAD BEEF") + track("60 90 3C 40  00 FF 2F 00")),
                ElementsAre(Sent{500ms, hex("90 3C 40")}));
}

TEST(SmfReader, AWrongTrackCountIsAWarning) {
    for (const char* fields : {"0001 0001 0060", "0001 0003 0060", "0001 0000 0060"}) {
        const auto song = read_smf(
            header(fields) + track("00 90 3C 40  00 FF 2F 00") + track("00 91 3C 40  00 FF 2F 00"),
            "song.mid");
        ASSERT_TRUE(song) << fields;
        EXPECT_EQ(song->events.size(), 2U) << fields;
        EXPECT_THAT(song->warnings, ElementsAre(HasSubstr("tracks, the file holds 2"))) << fields;
    }
}

TEST(SmfReader, ATrackWithoutEndOfTrackPlaysAndIsAWarning) {
    const auto song = read_smf(kFormat0 + track("00 90 3C 40  60 80 3C 40"), "song.mid");
    ASSERT_TRUE(song);
    EXPECT_EQ(song->events.size(), 2U);
    EXPECT_EQ(song->length, 500ms);
    EXPECT_THAT(song->warnings,
                ElementsAre("song.mid: byte 30: track 1 ends without End of Track"));
}

TEST(SmfReader, AChunkLongerThanTheFilePlaysWhenItsEndOfTrackIsThere) {
    EXPECT_THAT(play(kFormat0 + hex("4D54726B 7FFFFFFF 00 90 3C 40  00 FF 2F 00")),
                ElementsAre(Sent{0ms, hex("90 3C 40")}));
}

TEST(SmfReader, ARiffFileIsUnwrapped) {
    const Bytes song = kFormat0 + track("60 90 3C 40  00 FF 2F 00");
    ASSERT_EQ(song.size(), 30U);
    const Bytes info = hex("4C495354 03000000 414243 00");  // LIST, 3 bytes and the pad
    const Bytes riff = hex("52494646 36000000 524D4944") + info + hex("64617461 1E000000") + song;
    EXPECT_THAT(play(riff), ElementsAre(Sent{500ms, hex("90 3C 40")}));
    EXPECT_EQ(play(riff + hex("4C495354 01000000 00")), play(riff));
}

}  // namespace
}  // namespace midinet::midi
