#include "support.hpp"

#include <poll.h>

#include <atomic>
#include <thread>

namespace midinet::platform {
namespace {

using What = io::SourceRead::What;

class CoreMidiFeedbackTest : public MacTest {
  protected:
    /// What is there to be read, one port after the other, in pieces of at most `most`.
    std::vector<Bytes> read_all(io::MidiSource& source, std::size_t ports, std::size_t most = 512) {
        std::vector<Bytes> read(ports);
        Bytes buffer(most);
        for (auto got = source.read(buffer, now_); got.what == What::Bytes;
             got = source.read(buffer, now_)) {
            EXPECT_EQ(got.stamp, now_);
            auto& bytes = read.at(got.port.value);
            bytes.insert(bytes.end(), buffer.begin(),
                         buffer.begin() + static_cast<std::ptrdiff_t>(got.size));
        }
        return read;
    }
    static bool is_readable(const io::MidiSource& source) {
        pollfd descriptor{.fd = source.handles()[0], .events = POLLIN, .revents = 0};
        return ::poll(&descriptor, 1, 0) == 1;
    }
    TimePoint now_ = macos_double::now();
};

TEST_F(CoreMidiFeedbackTest, BytesComeInOrderWithTheirPort) {
    const auto port = open(launchpad());
    MidiServer::play(destination("Launchpad Pro Standalone Port"),
                     {{0, {0x90, 1, 2}}, {0, {0xB0, 3, 4, 0x80, 1, 0}}, {0, {0xFA}}});
    MidiServer::play(destination("Launchpad Pro Live Port"), {{0, {0xC0, 9}}});
    const auto read = read_all(*port->feedback(), 3);
    EXPECT_EQ(read[0], (Bytes{0xC0, 9}));
    EXPECT_EQ(read[1], (Bytes{0x90, 1, 2, 0xB0, 3, 4, 0x80, 1, 0, 0xFA}));
    EXPECT_EQ(read[2], Bytes{});
}

TEST_F(CoreMidiFeedbackTest, APacketLongerThanItsArrayAndTheReadersBufferComesWhole) {
    const auto port = open();
    Bytes whole(5000, 0x11);
    whole.front() = 0xF0;
    whole.back() = 0xF7;
    MidiServer::play(destination("Akai APC40"), {{0, whole}, {0, {0x90, 1, 2}}});
    whole.insert(whole.end(), {0x90, 1, 2});
    EXPECT_EQ(read_all(*port->feedback(), 1, 64)[0], whole);
}

TEST_F(CoreMidiFeedbackTest, TheHandleIsReadableUntilAllWasRead) {
    const auto port = open();
    auto& feedback = *port->feedback();
    EXPECT_FALSE(is_readable(feedback));
    MidiServer::play(destination("Akai APC40"), {{0, {0x90, 1, 2}}});
    MidiServer::play(destination("Akai APC40"), {{0, {0x90, 1, 0}}});
    Bytes buffer(512);
    EXPECT_TRUE(is_readable(feedback));
    (void)feedback.read(buffer, now_);
    EXPECT_TRUE(is_readable(feedback));
    EXPECT_EQ(read_all(feedback, 1)[0], (Bytes{0x90, 1, 0}));
    EXPECT_FALSE(is_readable(feedback));
    MidiServer::play(destination("Akai APC40"), {{0, {0xFE}}});
    EXPECT_TRUE(is_readable(feedback));
}

TEST_F(CoreMidiFeedbackTest, AFullQueueDropsWholePacketsAndNoOtherPorts) {
    const auto port = open(launchpad());
    const auto& live = destination("Launchpad Pro Live Port");
    for (int i = 0; i < 20'000; ++i) MidiServer::play(live, {{0, {0x90, 1, 2}}});
    MidiServer::play(destination("Launchpad Pro Standalone Port"), {{0, {0xFE}}});
    const auto read = read_all(*port->feedback(), 3);
    EXPECT_EQ(read[0].size() % 3, 0U);
    EXPECT_EQ(read[0].size(), 3 * (CoreMidiFeedback::kRoom / 7));  // four bytes each for the size
    EXPECT_EQ(read[1], Bytes{0xFE});
}

TEST_F(CoreMidiFeedbackTest, ASysExThatLostAPacketHasNoEndThatWouldMakeItAMessage) {
    const auto port = open();
    const auto& to = destination("Akai APC40");
    MidiServer::play(to, {{0, {0xF0, 1, 2}}});
    const Bytes much(60'000, 3);
    MidiServer::play(to, {{0, much}});  // of the same SysEx
    MidiServer::play(to, {{0, much}});  // no room for it
    auto& feedback = *port->feedback();
    EXPECT_EQ(read_all(feedback, 1)[0].size(), 60'003U);
    MidiServer::play(to,
                     {{0, {4, 5}}, {0, {0xF8}}, {0, {6, 0xF7}}, {0, {0xF0, 7, 0xF7}}, {0, {0xF7}}});
    // The next message comes whole; so does what follows a real-time byte in between.
    EXPECT_EQ(read_all(feedback, 1)[0], (Bytes{0xF8, 0xF0, 7, 0xF7, 0xF7}));
}

TEST_F(CoreMidiFeedbackTest, ACallThatComesAfterTheEndIsHarmless) {
    auto port = open();
    const Endpoint gone = destination("Akai APC40");
    port.reset();
    MidiServer::play(gone, {{0, {0x90, 1, 2}}});
    port = open();  // takes the same seat
    MidiServer::play(gone, {{0, {0x90, 1, 2}}});
    EXPECT_EQ(read_all(*port->feedback(), 1)[0], Bytes{});
}

TEST_F(CoreMidiFeedbackTest, ManySeatsAreThereAndAreGivenBack) {
    auto device = launchpad();
    device.ports.resize(kMaxPorts, "Port");
    for (int run = 0; run < 3; ++run) {
        std::vector<std::unique_ptr<io::VirtualPort>> ports;
        for (int i = 0; i < 16; ++i) ports.push_back(open(device));
        const auto one_more = CoreMidiPortOpener("", ids()).open(apc40());
        ASSERT_FALSE(one_more);
        EXPECT_THAT(one_more.error().message, testing::HasSubstr("256"));
    }
}

/// The real order of things: CoreMIDI's thread plays, the engine's reads, woken by the handle.
TEST_F(CoreMidiFeedbackTest, NothingIsLostOrReorderedBetweenTwoThreads) {
    constexpr int kMessages = 50'000;
    const auto port = open();
    const Endpoint to = destination("Akai APC40");
    std::atomic<int> read_so_far{0};
    std::thread application([&] {
        for (int i = 0; i < kMessages; ++i) {
            while (i - read_so_far.load() > 1000) std::this_thread::yield();
            MidiServer::play(to, {{0,
                                   {0xB0, static_cast<std::uint8_t>(i % 128),
                                    static_cast<std::uint8_t>(i / 128 % 128)}}});
        }
    });
    int next = 0;
    bool in_order = true;
    while (next < kMessages) {
        pollfd descriptor{.fd = port->feedback()->handles()[0], .events = POLLIN, .revents = 0};
        if (::poll(&descriptor, 1, 20'000) != 1) break;  // a lost wake-up
        const auto bytes = read_all(*port->feedback(), 1)[0];
        for (std::size_t at = 0; at + 2 < bytes.size(); at += 3, ++next)
            in_order = in_order && bytes[at + 1] == next % 128 && bytes[at + 2] == next / 128 % 128;
        read_so_far = next;
    }
    read_so_far = kMessages;
    application.join();
    EXPECT_EQ(next, kMessages);
    EXPECT_TRUE(in_order);
}

TEST_F(CoreMidiFeedbackTest, APortMayEndWhileAnApplicationPlays) {
    for (int run = 0; run < 200; ++run) {
        auto port = open();
        const Endpoint to = destination("Akai APC40");
        std::atomic<bool> ends{false};
        std::thread application([&] {
            while (!ends) MidiServer::play(to, {{0, {0x90, 1, 2}}});
        });
        port.reset();
        ends = true;
        application.join();
    }
    EXPECT_EQ(server_.clients(), 0U);
}

}  // namespace
}  // namespace midinet::platform
