// What of the JACK port needs no JACK: names, and messages on their way between the threads.
#include "platform/linux/jack_feedback.hpp"
#include "platform/linux/jack_names.hpp"
#include "platform/linux/jack_queue.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

namespace midinet::platform {
namespace {

using Bytes = std::vector<std::uint8_t>;
using io::WriteResult;

constexpr TimePoint kNow{1h};

Bytes sysex(std::size_t size) {
    Bytes bytes(size, 0x55);
    bytes.front() = 0xF0;
    bytes.back() = 0xF7;
    return bytes;
}

/// The oldest message that JACK's thread finds; empty when there is none.
Bytes next(JackQueue& queue) {
    const auto* head = queue.front();
    if (head == nullptr) return {};
    Bytes bytes(head->size);
    queue.pop(bytes);
    return bytes;
}

/// In pieces as the engine writes them. Gives the last answer.
WriteResult put(JackQueue& queue, const Bytes& message, std::size_t piece = 1024) {
    auto result = WriteResult::Taken;
    for (std::size_t at = 0; at < message.size() && result == WriteResult::Taken; at += piece)
        result =
            queue.write(std::span{message}.subspan(at, std::min(piece, message.size() - at)), kNow);
    return result;
}

TEST(JackNames, AreTheDevicesOwn) {
    io::DeviceInfo device;
    device.name = "Akai APC40";
    device.ports = {"APC40 MIDI 1", "APC40 MIDI 2"};
    EXPECT_EQ(jack_client_name(device, {}), "Akai APC40");
    const std::vector<JackPortNames> expected{{"APC40 MIDI 1", "APC40 MIDI 1 (playback)"},
                                              {"APC40 MIDI 2", "APC40 MIDI 2 (playback)"}};
    EXPECT_EQ(jack_port_names(device, {}), expected);
}

TEST(JackNames, OfADeviceWithoutPortNamesAreItsName) {
    io::DeviceInfo device;
    device.name = "Keys";
    EXPECT_EQ(jack_port_names(device, {}),
              (std::vector<JackPortNames>{{"Keys", "Keys (playback)"}}));
}

TEST(JackNames, HaveNoColonBecauseJackDividesThere) {
    io::DeviceInfo device;
    device.name = "A: B";
    device.ports = {"C:1"};
    EXPECT_EQ(jack_client_name(device, {}), "A_ B");
    EXPECT_EQ(jack_port_names(device, {}).front().out, "C_1");
}

TEST(JackNames, ThatAreEqualAreNumbered) {
    io::DeviceInfo device;
    device.ports = {"MIDI", "MIDI", "MIDI (playback)", "MIDI 2"};
    const auto names = jack_port_names(device, {});
    EXPECT_EQ(names[1].out, "MIDI 2");
    EXPECT_EQ(names[2].out, "MIDI (playback) 2") << "the first one's input has that name";
    EXPECT_EQ(names[3].out, "MIDI 2 2");
}

TEST(JackNames, AreCutBetweenCharactersAndStayDifferent) {
    io::DeviceInfo device;
    device.name = "ääääää";
    device.ports = {std::string(100, 'x') + "1", std::string(100, 'x') + "2"};
    EXPECT_EQ(jack_client_name(device, {.client = 5, .port = 0}), "ää");
    const auto names = jack_port_names(device, {.client = 0, .port = 32});
    EXPECT_EQ(names[0].out, std::string(21, 'x'));
    EXPECT_EQ(names[1].out, std::string(19, 'x') + " 2");
    for (const auto& name : names) EXPECT_LE(name.in.size(), 32U);
}

TEST(JackCycle, KeepsEventsInTheirPlacesOnePeriodLater) {
    const JackCycle cycle{.start = 1000, .frames = 256};
    EXPECT_EQ(place_in(cycle, 744), 0U);
    EXPECT_EQ(place_in(cycle, 800), 56U);
    EXPECT_EQ(place_in(cycle, 999), 255U);
    EXPECT_EQ(place_in(cycle, 1000), std::nullopt) << "in the next cycle";
    EXPECT_EQ(place_in(cycle, 10), 0U) << "late: at once";
}

TEST(JackCycle, CountsOnAcrossTheWrap) {
    const JackCycle cycle{.start = 100, .frames = 256};
    EXPECT_EQ(place_in(cycle, 0xFFFF'FFFFU), 155U);
    EXPECT_EQ(place_in({.start = 0xFFFF'FFF0U, .frames = 256}, 16), std::nullopt);
}

TEST(JackQueue, GivesMessagesInOrderWithTheirTimes) {
    JackQueue queue(JackQueue::kLongest);
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.write(Bytes{0x90, 60, 100}, kNow), WriteResult::Taken);
    EXPECT_EQ(queue.write(Bytes{0xF8}, kNow + 1ms), WriteResult::Taken);
    EXPECT_FALSE(queue.empty());
    EXPECT_EQ(queue.front()->when, kNow);
    EXPECT_EQ(queue.front()->size, 3U) << "looking twice changes nothing";
    EXPECT_EQ(next(queue), (Bytes{0x90, 60, 100}));
    EXPECT_EQ(queue.front()->when, kNow + 1ms);
    EXPECT_EQ(next(queue), Bytes{0xF8});
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.front(), nullptr);
}

TEST(JackQueue, JoinsThePiecesOfALongSysEx) {
    JackQueue queue(JackQueue::kLongest);
    const auto long_one = sysex(20'000);
    EXPECT_EQ(put(queue, long_one), WriteResult::Taken);
    EXPECT_EQ(next(queue), long_one);
    EXPECT_EQ(queue.front(), nullptr);
}

TEST(JackQueue, LetsClockThroughWhileASysExIsComing) {
    JackQueue queue(JackQueue::kLongest);
    const auto message = sysex(2048);
    (void)queue.write(std::span{message}.first(1024), kNow);
    EXPECT_EQ(queue.write(Bytes{0xF8}, kNow), WriteResult::Taken);
    EXPECT_EQ(next(queue), Bytes{0xF8});
    (void)queue.write(std::span{message}.last(1024), kNow);
    EXPECT_EQ(next(queue), message);
}

TEST(JackQueue, RefusesASysExThatJackCannotTakeAndNothingOfItComesOut) {
    JackQueue queue(3000);
    EXPECT_EQ(put(queue, sysex(3001)), WriteResult::Refused);
    EXPECT_EQ(queue.front(), nullptr);
    EXPECT_EQ(put(queue, sysex(3000)), WriteResult::Taken);
    EXPECT_EQ(next(queue), sysex(3000));
}

TEST(JackQueue, RefusesTheRestOfASysExWhoseBeginningItDidNotSee) {
    JackQueue queue(JackQueue::kLongest);
    EXPECT_EQ(queue.write(Bytes{0x01, 0x02, 0xF7}, kNow), WriteResult::Refused);
    EXPECT_EQ(queue.front(), nullptr);
}

TEST(JackQueue, ForgetsASysExThatAnotherStatusEnds) {
    JackQueue queue(JackQueue::kLongest);
    (void)queue.write(Bytes{0xF0, 0x01}, kNow);
    (void)queue.write(Bytes{0x90, 60, 100}, kNow);
    EXPECT_EQ(next(queue), (Bytes{0x90, 60, 100}));
    EXPECT_EQ(queue.write(Bytes{0x02, 0xF7}, kNow), WriteResult::Refused);
}

TEST(JackQueue, TakesTheLastPieceOfASysExAgainAfterItWasFull) {
    JackQueue queue(JackQueue::kLongest);
    const auto big = sysex(JackQueue::kLongest);
    while (put(queue, big) == WriteResult::Taken) {
    }
    const auto last = std::span{big}.last(1024);
    EXPECT_EQ(queue.write(last, kNow), WriteResult::Full);
    EXPECT_EQ(next(queue), big);
    EXPECT_EQ(queue.write(last, kNow), WriteResult::Taken);
    for (auto message = next(queue); !message.empty(); message = next(queue))
        EXPECT_EQ(message, big);
}

class JackFeedbackTest : public testing::Test {
  protected:
    io::SourceRead read(std::size_t most = 64) {
        buffer_.resize(most);
        const auto got = feedback_.read(buffer_, kNow);
        buffer_.resize(got.size);
        return got;
    }
    bool is_awake() const {
        std::uint64_t count = 0;
        const bool awake = ::read(event_, &count, sizeof count) == sizeof count;
        if (awake) (void)!::write(event_, &count, sizeof count);
        return awake;
    }
    int event_ = ::eventfd(0, EFD_NONBLOCK);
    io::DeviceInfo info_;
    JackFeedback feedback_{FileDescriptor(event_), info_};
    Bytes buffer_;
};

using What = io::SourceRead::What;

TEST_F(JackFeedbackTest, WakesTheEngineUntilAllIsRead) {
    feedback_.push({3}, Bytes{0x90, 1, 2});
    feedback_.push({0}, Bytes{0xB0, 3, 4});
    feedback_.wake();
    EXPECT_TRUE(is_awake());
    EXPECT_EQ(read().port.value, 3);
    EXPECT_EQ(buffer_, (Bytes{0x90, 1, 2}));
    EXPECT_TRUE(is_awake());
    EXPECT_EQ(read().port.value, 0);
    EXPECT_EQ(read().what, What::Nothing);
    EXPECT_FALSE(is_awake());
}

TEST_F(JackFeedbackTest, GivesALongMessageInPieces) {
    feedback_.push({1}, sysex(100));
    EXPECT_EQ(read(64).size, 64U);
    EXPECT_EQ(read(64).size, 36U);
    EXPECT_EQ(buffer_.back(), 0xF7);
    EXPECT_EQ(read().what, What::Nothing);
}

TEST_F(JackFeedbackTest, DropsWholeMessagesWhenNobodyReads) {
    const auto message = sysex(60'000);
    for (int i = 0; i < 3; ++i) feedback_.push({}, message);
    std::size_t bytes = 0;
    while (read(1000).what == What::Bytes) bytes += buffer_.size();
    EXPECT_EQ(bytes, 120'000U);
}

TEST_F(JackFeedbackTest, IsLostWithTheServer) {
    feedback_.lose();
    EXPECT_TRUE(is_awake());
    EXPECT_EQ(read().what, What::Lost);
}

}  // namespace
}  // namespace midinet::platform
