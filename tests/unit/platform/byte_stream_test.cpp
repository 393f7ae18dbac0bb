#include "platform/posix/byte_stream_port.hpp"
#include "platform/posix/byte_stream_source.hpp"
#include "temp_dir.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace midinet::platform {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using What = io::SourceRead::What;
using Bytes = std::vector<std::uint8_t>;

constexpr TimePoint kNow{5s};

std::unique_ptr<io::MidiSource> open_source(const std::string& path) {
    return ByteStreamSourceOpener(path, 31'250).open(kNow).value();
}
std::unique_ptr<io::VirtualPort> open_port(const std::string& path) {
    return ByteStreamPortOpener(path, 31'250).open({}).value();
}
std::string why_refused(const std::string& path) {
    const auto opened = ByteStreamSourceOpener(path, 31'250).open(kNow);
    return opened ? "it was opened" : opened.error().message;
}
io::WriteResult put(io::VirtualPort& port, const Bytes& bytes) {
    return port.write({}, bytes, kNow);
}
Bytes take(int fd, std::size_t most = 65'536) {
    Bytes bytes(most);
    const ssize_t n = ::read(fd, bytes.data(), bytes.size());
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
}
void give(int fd, const Bytes& bytes) {
    EXPECT_EQ(::write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
}

class Fifo : public testing::Test {
  protected:
    Fifo() { EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0); }
    FileDescriptor open_end(int flags) const {
        return FileDescriptor(::open(path.c_str(), flags | O_NONBLOCK));
    }
    TempDir directory;
    std::string path = directory / "midi.fifo";
    std::array<std::uint8_t, 64> buffer{};
};

TEST_F(Fifo, SourceHasNothingBeforeAWriterComes) {
    const auto source = open_source(path);
    EXPECT_EQ(source->read(buffer, kNow).what, What::Nothing);
    EXPECT_EQ(source->handles().size(), 1U);
    EXPECT_EQ(source->next_due(), kNever);
}

TEST_F(Fifo, SourceGivesBytesStampedWithTheirReading) {
    const auto source = open_source(path);
    give(open_end(O_WRONLY).get(), {0x90, 0x3C, 0x64});
    const auto read = source->read(buffer, kNow);
    EXPECT_EQ(read.what, What::Bytes);
    EXPECT_EQ(read.stamp, kNow);
    EXPECT_THAT(std::span(buffer).first(read.size), ElementsAre(0x90, 0x3C, 0x64));
}

TEST_F(Fifo, WritersMayComeAndGo) {
    const auto source = open_source(path);
    for (std::uint8_t visit = 0; visit < 3; ++visit) {
        give(open_end(O_WRONLY).get(), {visit});
        EXPECT_EQ(source->read(buffer, kNow).size, 1U);
        EXPECT_EQ(buffer[0], visit);
        EXPECT_EQ(source->read(buffer, kNow).what, What::Nothing) << "after the writer left";
    }
}

TEST_F(Fifo, PortWritesAtOnceWhenThereIsAReader) {
    const auto port = open_port(path);
    const auto reader = open_end(O_RDONLY);
    EXPECT_EQ(put(*port, {0x90, 0x3C, 0x64}), io::WriteResult::Taken);
    EXPECT_FALSE(port->wants_write());
    EXPECT_THAT(take(reader.get()), ElementsAre(0x90, 0x3C, 0x64));
}

TEST_F(Fifo, ReaderMayComeAndGo) {
    const auto port = open_port(path);
    open_end(O_RDONLY).close();
    EXPECT_EQ(put(*port, {0xB0, 0x07, 0x00}), io::WriteResult::Taken);
    EXPECT_THAT(take(open_end(O_RDONLY).get()), ElementsAre(0xB0, 0x07, 0x00));
}

/// Fills the pipe until the port starts queueing; gives how many bytes it was given.
std::size_t fill_pipe(io::VirtualPort& port) {
    const Bytes piece(1024, 0x55);
    std::size_t given = 0;
    for (; !port.wants_write(); given += piece.size())
        EXPECT_EQ(put(port, piece), io::WriteResult::Taken);
    return given;
}

TEST_F(Fifo, WhatASlowReaderLeavesIsQueuedAndFlushedInOrder) {
    const auto port = open_port(path);
    const auto reader = open_end(O_RDONLY);
    std::size_t missing = fill_pipe(*port);
    EXPECT_EQ(put(*port, {0x90, 0x3C, 0x64}), io::WriteResult::Taken);
    missing += 3;
    Bytes last;
    for (int turns = 0; turns < 1000 && missing > 0; ++turns) {
        const Bytes got = take(reader.get());
        missing -= got.size();
        if (!got.empty()) last = got;
        EXPECT_EQ(port->flush(), io::WriteResult::Taken);
    }
    EXPECT_EQ(missing, 0U);
    ASSERT_GE(last.size(), 3U);
    EXPECT_THAT(Bytes(last.end() - 3, last.end()), ElementsAre(0x90, 0x3C, 0x64));
    EXPECT_FALSE(port->wants_write());
}

TEST_F(Fifo, TransportKeepsItsPlaceInTheQueueAndTicksKeepTheirsBehindIt) {
    const auto port = open_port(path);
    const auto reader = open_end(O_RDONLY);
    const std::size_t given = fill_pipe(*port);
    const std::vector<Bytes> told{
        {0xF8}, {0xB0, 0x07, 0x01}, {0xF2, 0x01, 0x02}, {0xFA}, {0xF8}, {0x90, 0x3C, 0x40}, {0xFC},
        {0xFF}, {0x80, 0x3C, 0x40}};
    for (const auto& message : told) EXPECT_EQ(put(*port, message), io::WriteResult::Taken);
    Bytes all;
    for (int turns = 0; turns < 1000 && all.size() < given + 17; ++turns) {
        const Bytes got = take(reader.get());
        all.insert(all.end(), got.begin(), got.end());
        port->flush();
    }
    ASSERT_EQ(all.size(), given + 17);
    EXPECT_THAT(Bytes(all.end() - 16, all.end()),
                ElementsAre(0xB0, 0x07, 0x01, 0xF2, 0x01, 0x02, 0xFA, 0xF8, 0x90, 0x3C, 0x40, 0xFC,
                            0xFF, 0x80, 0x3C, 0x40));
}

TEST_F(Fifo, TickOvertakesNotesThatAreQueued) {
    const auto port = open_port(path);
    const auto reader = open_end(O_RDONLY);
    const std::size_t given = fill_pipe(*port);
    EXPECT_EQ(put(*port, {0x90, 0x3C, 0x64}), io::WriteResult::Taken);
    EXPECT_EQ(put(*port, {0xF8}), io::WriteResult::Taken);
    Bytes all;
    for (int turns = 0; turns < 1000 && all.size() < given + 4; ++turns) {
        const Bytes got = take(reader.get());
        all.insert(all.end(), got.begin(), got.end());
        port->flush();
    }
    ASSERT_EQ(all.size(), given + 4);
    const auto clock = std::find(all.begin(), all.end(), 0xF8);
    const auto note = std::find(all.begin(), all.end(), 0x90);
    EXPECT_LT(clock - all.begin(), note - all.begin());
}

TEST_F(Fifo, FullQueueTakesNothingOfAMessage) {
    const auto port = open_port(path);
    const Bytes piece(1024, 0x55);
    io::WriteResult last = io::WriteResult::Taken;
    std::size_t taken = 0;
    for (; last == io::WriteResult::Taken; ++taken) last = put(*port, piece);
    EXPECT_EQ(last, io::WriteResult::Full);
    EXPECT_GE(taken * piece.size(), ByteStreamPort::kQueueBytes);
    EXPECT_EQ(put(*port, {0xF8}), io::WriteResult::Taken) << "real-time bytes have their own queue";
}

TEST_F(Fifo, DestructorSendsOnWhatTheReaderMadeRoomFor) {
    auto port = open_port(path);
    const auto reader = open_end(O_RDONLY);
    fill_pipe(*port);
    put(*port, {0x90, 0x3C, 0x64});
    while (take(reader.get()).size() == 65'536) {
    }
    port.reset();
    const Bytes rest = take(reader.get());
    ASSERT_GE(rest.size(), 3U);
    EXPECT_THAT(Bytes(rest.end() - 3, rest.end()), ElementsAre(0x90, 0x3C, 0x64));
}

struct Terminal {
    FileDescriptor master{::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)};
    std::string slave_path;
    Terminal() {
        char name[128] = {};
        if (::grantpt(master.get()) == 0 && ::unlockpt(master.get()) == 0)
            ::ptsname_r(master.get(), name, sizeof name);
        slave_path = name;
    }
};

TEST(SerialLine, PassesEveryByteValueUntouched) {
    const Terminal line;
    const auto source = open_source(line.slave_path);
    Bytes all(256);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
    give(line.master.get(), all);
    Bytes got(512);
    const auto read = source->read(got, kNow);
    got.resize(read.size);
    EXPECT_EQ(got, all);
}

TEST(SerialLine, IsWrittenUntouchedToo) {
    const Terminal line;
    const auto port = open_port(line.slave_path);
    EXPECT_EQ(put(*port, {0x90, 0x0A, 0x0D}), io::WriteResult::Taken);
    EXPECT_THAT(take(line.master.get()), ElementsAre(0x90, 0x0A, 0x0D));
}

TEST(SerialLine, UnpluggedWhileReadingIsLost) {
    Terminal line;
    const auto source = open_source(line.slave_path);
    std::array<std::uint8_t, 8> buffer{};
    EXPECT_EQ(source->read(buffer, kNow).what, What::Nothing);
    line.master.close();
    EXPECT_EQ(source->read(buffer, kNow).what, What::Lost);
}

TEST(SerialLine, UnpluggedWhileWritingIsLost) {
    Terminal line;
    const auto port = open_port(line.slave_path);
    line.master.close();
    EXPECT_EQ(put(*port, {0x90, 0x3C, 0x64}), io::WriteResult::Lost);
    EXPECT_EQ(port->flush(), io::WriteResult::Lost);
}

TEST(SerialLine, NewPseudoTerminalIsNamedAfterItsOtherEndAndDoesNotHangUp) {
    const auto source = open_source("/dev/ptmx");
    std::array<std::uint8_t, 8> buffer{};
    EXPECT_EQ(source->read(buffer, kNow).what, What::Nothing);
    EXPECT_THAT(source->info().name, testing::StartsWith("/dev/pts/"));
    const FileDescriptor other(::open(source->info().name.c_str(), O_RDWR | O_NOCTTY));
    give(other.get(), {0xFE});
    EXPECT_EQ(source->read(buffer, kNow).size, 1U);
}

TEST(ByteStream, IsNamedAfterItsPath) {
    const TempDir directory;
    ASSERT_EQ(::mkfifo((directory / "apc40").c_str(), 0600), 0);
    const auto source = open_source(directory / "apc40");
    EXPECT_EQ(source->info().name, "apc40");
    EXPECT_THAT(source->info().ports, ElementsAre("apc40"));
}

TEST(ByteStream, MissingPathIsAnsweredWithMkfifo) {
    const TempDir directory;
    EXPECT_THAT(why_refused(directory / "none"), HasSubstr("mkfifo " + directory / "none"));
}

TEST(ByteStream, RegularFileIsAnsweredWithTheFileScheme) {
    const TempDir directory;
    std::ofstream(directory / "song.mid") << "x";
    EXPECT_THAT(why_refused(directory / "song.mid"), HasSubstr("file:" + directory / "song.mid"));
}

TEST(ByteStream, DirectoryIsRefused) {
    const TempDir directory;
    EXPECT_THAT(why_refused(directory.path()), HasSubstr("is a directory"));
}

TEST(ByteStream, ForbiddenPathSaysWhoMay) {
    if (::geteuid() == 0) GTEST_SKIP() << "the superuser is never refused";
    const TempDir directory;
    ASSERT_EQ(::mkfifo((directory / "closed").c_str(), 0000), 0);
    EXPECT_THAT(why_refused(directory / "closed"), HasSubstr("no permission"));
}

}  // namespace
}  // namespace midinet::platform
