#include "platform/ports.hpp"
#include "platform/posix/file_source.hpp"
#include "platform/posix/recorder_port.hpp"
#include "temp_dir.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

namespace midinet::platform {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using What = io::SourceRead::What;
using Bytes = std::vector<std::uint8_t>;

constexpr TimePoint kOpened{100s};

io::DeviceInfo named(const std::string& name) {
    io::DeviceInfo info;
    info.name = name;
    info.ports = {name};
    return info;
}

midi::SmfSong song_of(const std::vector<std::pair<Duration, Bytes>>& events, Duration length) {
    midi::SmfSong song;
    for (const auto& [at, bytes] : events) {
        song.events.push_back({.at = at,
                               .offset = static_cast<std::uint32_t>(song.arena.size()),
                               .size = static_cast<std::uint32_t>(bytes.size())});
        song.arena.insert(song.arena.end(), bytes.begin(), bytes.end());
    }
    song.length = length;
    return song;
}

const Bytes kOn{0x90, 0x3C, 0x64};
const Bytes kOff{0x80, 0x3C, 0x40};

FileSource two_notes(const PlaybackOptions& options) {
    return {song_of({{0s, kOn}, {0s, {0x91, 0x30, 0x50}}, {500ms, kOff}}, 1s), "song", options,
            kOpened};
}

struct Read {
    io::SourceRead read;
    Bytes bytes;
};
Read read_at(io::MidiSource& source, TimePoint now, std::size_t room = 64) {
    Bytes buffer(room);
    const auto read = source.read(buffer, now);
    buffer.resize(read.size);
    return {read, buffer};
}

TEST(FileSource, WaitsForItsLeadIn) {
    FileSource source = two_notes({.lead_in = 2s});
    EXPECT_EQ(source.next_due(), kOpened + 2s);
    EXPECT_EQ(read_at(source, kOpened + 2s - 1ns).read.what, What::Nothing);
    EXPECT_EQ(read_at(source, kOpened + 2s).read.what, What::Bytes);
}

TEST(FileSource, GivesOneMomentACallStampedWithIt) {
    FileSource source = two_notes({.lead_in = 0s});
    const auto first = read_at(source, kOpened + 10s);
    EXPECT_THAT(first.bytes, ElementsAre(0x90, 0x3C, 0x64, 0x91, 0x30, 0x50));
    EXPECT_EQ(first.read.stamp, kOpened);
    const auto second = read_at(source, kOpened + 10s);
    EXPECT_EQ(second.bytes, kOff);
    EXPECT_EQ(second.read.stamp, kOpened + 500ms);
}

TEST(FileSource, EndsWithItsLastTrackNotWithItsLastEvent) {
    FileSource source = two_notes({.lead_in = 0s});
    read_at(source, kOpened + 500ms);
    read_at(source, kOpened + 500ms);
    EXPECT_EQ(source.next_due(), kOpened + 1s);
    EXPECT_EQ(read_at(source, kOpened + 999ms).read.what, What::Nothing);
    EXPECT_EQ(read_at(source, kOpened + 1s).read.what, What::Ended);
    EXPECT_EQ(source.next_due(), kNever);
}

TEST(FileSource, RateScalesTheSongAndNotTheLeadIn) {
    FileSource source = two_notes({.rate = 2.0, .lead_in = 1s});
    read_at(source, kOpened + 1s);
    EXPECT_EQ(source.next_due(), kOpened + 1250ms);
}

TEST(FileSource, LoopBeginsAgainWhereTheLastTrackEnds) {
    FileSource source = two_notes({.loop = true, .lead_in = 0s});
    for (int i = 0; i < 3; ++i) read_at(source, kOpened + 1s);
    EXPECT_EQ(source.next_due(), kOpened + 1s);
    EXPECT_EQ(read_at(source, kOpened + 1s).read.stamp, kOpened + 1s);
}

TEST(FileSource, LongSysExComesInPiecesOfTheBuffer) {
    Bytes sysex(100, 0x11);
    sysex.front() = 0xF0;
    sysex.back() = 0xF7;
    FileSource source(song_of({{0s, sysex}, {0s, kOn}}, 1s), "song", {.lead_in = 0s}, kOpened);
    Bytes all;
    for (int i = 0; i < 4; ++i) {
        const auto piece = read_at(source, kOpened, 30);
        EXPECT_EQ(piece.read.stamp, kOpened);
        all.insert(all.end(), piece.bytes.begin(), piece.bytes.end());
    }
    sysex.insert(sysex.end(), kOn.begin(), kOn.end());
    EXPECT_EQ(all, sysex);
}

TEST(FileSource, MissingFileAndDirectoryAreRefusedByName) {
    const TempDir directory;
    EXPECT_THAT(FileSourceOpener(directory / "no.mid", {}, {}).open(kOpened).error().message,
                HasSubstr("no.mid: No such file"));
    EXPECT_THAT(FileSourceOpener(directory.path(), {}, {}).open(kOpened).error().message,
                HasSubstr("not a regular file"));
}

TEST(FileSource, FileThatIsNoMidiIsRefused) {
    const TempDir directory;
    std::ofstream(directory / "text.mid") << "hello";
    EXPECT_FALSE(FileSourceOpener(directory / "text.mid", {}, {}).open(kOpened));
}

Bytes contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Recorder, WhatIsRecordedIsPlayedBackFromTheFirstEventOn) {
    const TempDir directory;
    const std::string path = directory / "take.mid";
    RecorderPortOpener opener(path);
    auto port = opener.open(named("Akai APC40")).value();
    EXPECT_EQ(port->write({}, kOn, kOpened), io::WriteResult::Taken);
    EXPECT_EQ(port->write({}, Bytes{0xF8}, kOpened + 500ms), io::WriteResult::Taken);
    EXPECT_EQ(port->write({}, kOff, kOpened + 1s), io::WriteResult::Taken);
    opener.service();
    const auto song = midi::read_smf(contents(path), path).value();
    ASSERT_EQ(song.events.size(), 3U);
    EXPECT_EQ(song.events[0].at, 0s);
    EXPECT_EQ(song.events[2].at, 1s);
    EXPECT_THAT(song.bytes(song.events[1]), ElementsAre(0xF8));
    EXPECT_THAT(song.track_names, ElementsAre("Akai APC40"));
}

TEST(Recorder, FileIsValidBeforeAnythingIsPlayed) {
    const TempDir directory;
    RecorderPortOpener opener(directory / "take.mid");
    auto port = opener.open(named("x")).value();
    EXPECT_TRUE(midi::read_smf(contents(directory / "take.mid"), "take"));
}

TEST(Recorder, WhatIsLeftIsSavedWhenBothEndsAreGone) {
    const TempDir directory;
    {
        RecorderPortOpener opener(directory / "take.mid");
        auto port = opener.open(named("x")).value();
        EXPECT_EQ(port->write({}, kOn, kOpened), io::WriteResult::Taken);
    }
    EXPECT_EQ(midi::read_smf(contents(directory / "take.mid"), "take")->events.size(), 1U);
}

TEST(Recorder, OpeningAgainGoesOnWithTheRecording) {
    const TempDir directory;
    RecorderPortOpener opener(directory / "take.mid");
    for (int i = 0; i < 2; ++i) {
        auto port = opener.open(named("x")).value();
        EXPECT_EQ(port->write({}, kOn, kOpened), io::WriteResult::Taken);
    }
    opener.service();
    EXPECT_EQ(midi::read_smf(contents(directory / "take.mid"), "take")->events.size(), 2U);
}

TEST(Recorder, FullQueueTakesNothingAndGoesOnOnceSaved) {
    const TempDir directory;
    RecorderPortOpener opener(directory / "take.mid");
    auto port = opener.open(named("x")).value();
    std::size_t taken = 0;
    while (port->write({}, kOn, kOpened) == io::WriteResult::Taken) ++taken;
    EXPECT_GT(taken, 100'000U);
    opener.service();
    EXPECT_EQ(port->write({}, kOn, kOpened), io::WriteResult::Taken);
    opener.service();
    EXPECT_EQ(midi::read_smf(contents(directory / "take.mid"), "take")->events.size(), taken + 1);
}

TEST(Recorder, NothingIsLostBetweenItsTwoThreads) {
    const TempDir directory;
    RecorderPortOpener opener(directory / "take.mid");
    auto port = opener.open(named("x")).value();
    constexpr unsigned kCount = 20'000;
    std::jthread engine([&] {
        for (unsigned i = 0; i < kCount; ++i)
            port->write({}, Bytes{0x90, static_cast<std::uint8_t>(i & 0x7F), 0x01}, kOpened);
    });
    for (int i = 0; i < 20; ++i) opener.service();
    engine.join();
    opener.service();
    const auto song = midi::read_smf(contents(directory / "take.mid"), "take").value();
    ASSERT_EQ(song.events.size(), kCount);
    for (unsigned i = 0; i < kCount; ++i)
        ASSERT_EQ(song.bytes(song.events[i])[1], i & 0x7F) << "event " << i;
}

TEST(Recorder, ReplacesAnEarlierRecordingButNothingElse) {
    const TempDir directory;
    std::ofstream(directory / "old.mid") << "MThd and an old take";
    std::ofstream(directory / "show.toml") << "[host]";
    EXPECT_TRUE(RecorderPortOpener(directory / "old.mid").open(named("x")));
    const auto refused = RecorderPortOpener(directory / "show.toml").open(named("x"));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("is not a Standard MIDI File"));
    EXPECT_EQ(contents(directory / "show.toml").size(), 6U);
}

TEST(Recorder, PathThatCannotBeWrittenIsRefusedWhenOpened) {
    const auto refused = RecorderPortOpener("/proc/no/take.mid").open(named("x"));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("recording to /proc/no/take.mid"));
}

TEST(Recorder, DeviceIsNoPlaceToRecordTo) {
    const auto refused = RecorderPortOpener("/dev/full").open(named("x"));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("not a regular file"));
}

TEST(Ports, EverySchemeOfASourceIsKnown) {
    for (const char* device : {"auto", "auto:APC", "hw:1,0,0", "stream:/x", "file:/x"})
        EXPECT_TRUE(make_source_opener(device, {})) << device;
    EXPECT_TRUE(make_source_opener("auto", {}).value()->waits_for_device());
    EXPECT_FALSE(make_source_opener("hw:1,0,0", {}).value()->waits_for_device());
}

TEST(Ports, EverySchemeOfAPortIsKnown) {
    for (const char* port : {"auto", "gadget", "jack", "hw:1,0,0", "stream:/x", "file:/x"})
        EXPECT_TRUE(make_port_opener(port, {})) << port;
    EXPECT_EQ(make_port_opener("stream:/x", {}).value()->identity_use(), io::IdentityUse::None);
}

TEST(Ports, VirtualPortTakesItsNameFromTheDeviceUnlessItHasOne) {
    EXPECT_EQ(make_port_opener("auto", {}).value()->identity_use(), io::IdentityUse::NameAndPorts);
    EXPECT_EQ(make_port_opener("auto", {.device_name = "Mine"}).value()->identity_use(),
              io::IdentityUse::Ports);
    EXPECT_TRUE(make_port_opener("jack", {}).value()->waits_for_server());
    EXPECT_FALSE(make_port_opener("auto", {}).value()->waits_for_server());
    EXPECT_EQ(make_port_opener("gadget", {.device_name = "Mine"}).value()->identity_use(),
              io::IdentityUse::NameAndPorts)
        << "its ids are the device's all the same";
}

TEST(Ports, UnknownSchemeIsAnsweredWithTheChoices) {
    for (const char* text : {"", "usb:1", "stream:", "file:", "/dev/ttyAMA0"}) {
        const auto source = make_source_opener(text, {});
        ASSERT_FALSE(source) << text;
        EXPECT_EQ(source.error().exit_code, 2);
        EXPECT_THAT(source.error().message, HasSubstr("\"stream:PATH\""));
        const auto port = make_port_opener(text, {});
        ASSERT_FALSE(port) << text;
        EXPECT_THAT(port.error().message, HasSubstr("\"file:PATH\""));
    }
}

TEST(Ports, WithoutASequencerTheVirtualPortNamesTheOtherChoices) {
    if (std::filesystem::exists("/dev/snd/seq")) GTEST_SKIP() << "this machine has a sequencer";
    const auto port = make_port_opener("auto", {}).value()->open(named("Akai APC40"));
    ASSERT_FALSE(port);
    EXPECT_THAT(port.error().message, HasSubstr("/dev/snd/seq is missing"));
    EXPECT_THAT(port.error().message, HasSubstr("midi.port = \"stream:PATH\""));
}

}  // namespace
}  // namespace midinet::platform
