// Damage reports: which broken file is refused, and what its owner is told.
#include "midi/smf_reader.hpp"
#include "smf_test_bytes.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace midinet::midi {
namespace {

using namespace test;

const Bytes kFormat0 = header("0000 0001 0060");
const Bytes kSong = kFormat0 + track(
                                   "00 FF 03 01 41  00 90 3C 40  60 80 3C 40  00 F0 02 01 F7"
                                   "00 F7 01 F8  00 FF 2F 00");

TEST(SmfDamage, AnEmptyFileIsNoMidiFile) {
    EXPECT_EQ(complaint({}),
              "song.mid: byte 0: expected MThd, the start of a Standard MIDI File; "
              "this is another kind of file");
}

TEST(SmfDamage, AnotherKindOfFileIsNamedSo) {
    EXPECT_EQ(complaint(hex("FFD8FFE0 00104A46 49460001 01")),
              "song.mid: byte 0: expected MThd, the start of a Standard MIDI File; this is another "
              "kind of file");
}

TEST(SmfDamage, ARiffFileOfSoundIsNoMidiFile) {
    EXPECT_EQ(complaint(hex("52494646 04000000 57415645")),
              "song.mid: byte 8: a RIFF file, but not one of type RMID; it holds no MIDI");
}

TEST(SmfDamage, ARiffFileWithoutDataIsRefused) {
    EXPECT_EQ(complaint(hex("52494646 04000000 524D4944 4C495354 FFFFFFFF 00")),
              "song.mid: byte 21: the RIFF file ends without its data chunk");
}

TEST(SmfDamage, ATruncatedHeaderIsRefused) {
    EXPECT_EQ(complaint(hex("4D546864 00000006 0000 0001 00")),
              "song.mid: byte 13: the header ends early; the file is truncated");
}

TEST(SmfDamage, AHeaderTooShortIsRefused) {
    EXPECT_EQ(complaint(hex("4D546864 00000004 0000 0001 0060 4D54")),
              "song.mid: byte 4: the header says it has 4 bytes; expected at least 6");
}

TEST(SmfDamage, AnUnknownFormatIsRefused) {
    EXPECT_EQ(complaint(header("0007 0001 0060") + track("00 FF 2F 00")),
              "song.mid: byte 8: format 7; expected 0, 1 or 2");
}

TEST(SmfDamage, ADivisionThatSaysNothingIsRefused) {
    // No ticks at all; 25 frames of no ticks; 26 frames a second.
    for (const char* fields : {"0000 0001 0000", "0000 0001 E700", "0000 0001 E628"})
        EXPECT_EQ(complaint(header(fields) + track("00 FF 2F 00")),
                  "song.mid: byte 12: the division says nothing about time; expected ticks a "
                  "quarter note above 0, or ticks above 0 of 24, 25, 29 or 30 frames a second")
            << fields;
}

TEST(SmfDamage, AFileWithoutTracksIsRefused) {
    EXPECT_EQ(complaint(kFormat0 + chunk("XFIH", hex("00"))),
              "song.mid: byte 23: the file ends without a track (MTrk)");
}

TEST(SmfDamage, ATrackCutInsideADeltaTimeIsRefused) {
    EXPECT_EQ(complaint(header("0001 0002 0060") + track("00 FF 2F 00") +
                        hex("4D54726B 00000010 00 90 3C 40 81")),
              "song.mid: byte 39: track 2 ends inside a delta time; the file is truncated");
}

TEST(SmfDamage, ATrackCutBehindADeltaTimeIsRefused) {
    EXPECT_EQ(complaint(kFormat0 + hex("4D54726B 00000010 00")),
              "song.mid: byte 23: track 1 ends inside an event; the file is truncated");
}

TEST(SmfDamage, ATrackCutInsideAChannelMessageIsRefused) {
    EXPECT_EQ(complaint(kFormat0 + hex("4D54726B 00000010 00 90 3C")),
              "song.mid: byte 25: track 1 ends inside a channel message; the file is truncated");
}

TEST(SmfDamage, ATrackCutInsideASysExIsRefused) {
    EXPECT_EQ(complaint(kFormat0 + hex("4D54726B 00000010 00 F0 05 01 02")),
              "song.mid: byte 27: track 1 ends inside a SysEx event; the file is truncated");
}

TEST(SmfDamage, ATrackCutInsideAMetaEventIsRefused) {
    EXPECT_EQ(complaint(kFormat0 + hex("4D54726B 00000010 00 FF 51 03 07")),
              "song.mid: byte 27: track 1 ends inside a meta event; the file is truncated");
}

TEST(SmfDamage, ATrackCutInsideAnEscapeIsRefused) {
    EXPECT_EQ(complaint(kFormat0 + hex("4D54726B 00000010 00 F7 02 F8")),
              "song.mid: byte 26: track 1 ends inside an F7 event; the file is truncated");
}

TEST(SmfDamage, ATrackCutBetweenEventsIsRefused) {
    EXPECT_EQ(complaint(kFormat0 + hex("4D54726B 00000010 00 90 3C 40")),
              "song.mid: byte 26: track 1 ends inside its events; the file is truncated");
}

TEST(SmfDamage, AChunkThatIsShorterThanItsEventsIsNotCalledTruncated) {
    EXPECT_EQ(complaint(header("0001 0002 0060") + track("00 90 3C") + track("00 FF 2F 00")),
              "song.mid: byte 25: track 1 ends inside a channel message; its chunk's length is too "
              "small");
}

TEST(SmfDamage, ADataByteWithoutStatusIsRefused) {
    EXPECT_EQ(complaint(kFormat0 + track("00 3C 40  00 FF 2F 00")),
              "song.mid: byte 23: track 1 holds the data byte 3C where a status byte is expected: "
              "no status came before");
}

TEST(SmfDamage, AStatusInsideAChannelMessageIsRefused) {
    EXPECT_EQ(
        complaint(kFormat0 + track("00 90 3C 90  00 FF 2F 00")),
        "song.mid: byte 25: track 1 holds 90 where a data byte of the message 90 is expected");
}

TEST(SmfDamage, ABareSystemMessageIsRefused) {
    EXPECT_EQ(complaint(kFormat0 + track("00 F8  00 FF 2F 00")),
              "song.mid: byte 23: track 1 holds F8 where an event must begin; only channel "
              "messages, F0, F7 and FF can stand there");
}

TEST(SmfDamage, ANumberOfFiveBytesIsRefused) {
    EXPECT_EQ(complaint(kFormat0 + track("81 80 80 80 00 90 3C 40  00 FF 2F 00")),
              "song.mid: byte 22: track 1 holds a number of more than four bytes in a delta time");
}

TEST(SmfDamage, AnEventBeyondAYearIsRefused) {
    // One tick a quarter note of 16.8 s, and 2^28-1 of them: 142 years.
    EXPECT_EQ(complaint(header("0000 0001 0001") +
                        track("00 FF 51 03 FF FF FF  FF FF FF 7F 90 3C 40  00 FF 2F 00")),
              "song.mid: byte 33: this event lies more than 366 days after the start of the song");
}

TEST(SmfDamage, PatternsThatTogetherLastMoreThanAYearAreRefused) {
    // Each one lasts 2^28-1 ticks of 0.1 s: 310 days.
    EXPECT_EQ(complaint(header("0002 0002 0005") + track("FF FF FF 7F FF 2F 00") +
                        track("FF FF FF 7F FF 2F 00")),
              "song.mid: byte 41: this event lies more than 366 days after the start of the song");
}

TEST(SmfDamage, AFileTooLargeIsRefusedUnread) {
    EXPECT_EQ(complaint(Bytes(kSmfMaxFile + 1)),
              "song.mid: 67108865 bytes are too many for a MIDI file; at most 64 MiB are read");
}

TEST(SmfDamage, EveryTruncationOfASongIsRefusedAtTheCut) {
    for (std::size_t size = 22; size < kSong.size(); ++size) {
        const Bytes cut(kSong.begin(), kSong.begin() + static_cast<std::ptrdiff_t>(size));
        const std::string place =
            "song.mid: byte " + std::to_string(size) + ": track 1 ends inside";
        // The length byte of End of Track is the one that says nothing: the track is over before
        // it.
        EXPECT_EQ(complaint(cut).substr(0, place.size()), place) << "cut to " << size;
    }
}

TEST(SmfDamage, NoFlippedByteMakesMoreEventsThanTheFileHasBytes) {
    for (std::size_t at = 0; at < kSong.size(); ++at)
        for (unsigned value = 0; value < 256; ++value) {
            Bytes file = kSong;
            file[at] = static_cast<std::uint8_t>(value);
            const auto song = read_smf(file, "song.mid");
            if (!song) {
                EXPECT_EQ(song.error().message.substr(0, 15), "song.mid: byte ");
                continue;
            }
            EXPECT_LE(song->arena.size(), 2 * file.size());
            EXPECT_TRUE(
                std::is_sorted(song->events.begin(), song->events.end(),
                               [](const SmfEvent& a, const SmfEvent& b) { return a.at < b.at; }));
        }
}

}  // namespace
}  // namespace midinet::midi
