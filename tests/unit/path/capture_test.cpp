#include "path/capture/capture.hpp"

#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::path {
namespace {

constexpr TimePoint kNow{5s};

struct Log final : CaptureSink {
    struct Found {
        PortIndex port;
        midi::Message message;
        TimePoint stamp;
    };
    std::vector<Found> messages;
    std::vector<PortIndex> aborted;
    midi::Bytes long_sysex;
    void on_message(PortIndex port, const midi::Message& message,
                    TimePoint stamp) noexcept override {
        messages.push_back({port, message, stamp});
    }
    void on_sysex_piece(PortIndex, std::span<const std::uint8_t> bytes, bool, bool,
                        TimePoint) noexcept override {
        long_sysex.insert(long_sysex.end(), bytes.begin(), bytes.end());
    }
    void on_sysex_aborted(PortIndex port, TimePoint) noexcept override { aborted.push_back(port); }
};

class CaptureTest : public ::testing::Test {
  protected:
    void feed(unsigned port, const midi::Bytes& bytes, TimePoint stamp = kNow) {
        capture_.feed(PortIndex{static_cast<std::uint8_t>(port)}, bytes, stamp, log_);
    }
    Capture capture_;
    Log log_;
};

TEST_F(CaptureTest, MessagesCarryThePortAndTheMomentOfTheirLastByte) {
    feed(3, {0x90, 60}, kNow);
    feed(3, {100}, kNow + 1ms);
    ASSERT_EQ(log_.messages.size(), 1U);
    EXPECT_EQ(log_.messages[0].port, PortIndex{3});
    EXPECT_EQ(log_.messages[0].message, midi::note_on(0, 60, 100));
    EXPECT_EQ(log_.messages[0].stamp, kNow + 1ms);
}

TEST_F(CaptureTest, HalfAMessageOnOnePortIsNotDisturbedByAnotherPort) {
    feed(0, {0x90, 60});
    feed(1, {0xB0, 7, 1});
    feed(0, {100});
    ASSERT_EQ(log_.messages.size(), 2U);
    EXPECT_EQ(log_.messages[0].port, PortIndex{1});
    EXPECT_EQ(log_.messages[1].message, midi::note_on(0, 60, 100));
}

TEST_F(CaptureTest, ActiveSensingIsTakenOut) {
    feed(0, {0xFE, 0x90, 0xFE, 60, 100, 0xFE});
    ASSERT_EQ(log_.messages.size(), 1U);
    EXPECT_EQ(log_.messages[0].message, midi::note_on(0, 60, 100));
    EXPECT_EQ(capture_.counters().active_sensing, 3U);
}

TEST_F(CaptureTest, SensesWithinASecondOfActiveSensingAndNotOtherwise) {
    feed(0, {0x90, 60, 100});
    EXPECT_FALSE(capture_.senses(kNow));
    feed(2, {0xFE});
    EXPECT_TRUE(capture_.senses(kNow + 999ms));
    EXPECT_FALSE(capture_.senses(kNow + 1s));
}

TEST_F(CaptureTest, ResetDropsHalfMessagesAndRunningStatusOfEveryPort) {
    feed(0, {0x90, 60});
    feed(15, {0xB0, 7, 1});
    log_.messages.clear();
    capture_.reset(kNow, log_);
    feed(0, {100});
    feed(15, {7, 2});
    EXPECT_TRUE(log_.messages.empty());
    EXPECT_EQ(capture_.counters().stray_bytes, 3U);
}

TEST_F(CaptureTest, ResetAbortsAHalfLongSysExOnItsPort) {
    midi::Bytes half(100, 1);
    half[0] = 0xF0;
    feed(4, half);
    capture_.reset(kNow, log_);
    EXPECT_EQ(log_.aborted, std::vector{PortIndex{4}});
}

TEST_F(CaptureTest, ResetForgetsThatTheSourceSensed) {
    feed(0, {0xFE});
    capture_.reset(kNow, log_);
    EXPECT_FALSE(capture_.senses(kNow));
}

TEST_F(CaptureTest, CountersAreTheSumOverAllPorts) {
    feed(0, {0x90, 60, 100, 0xF7});
    feed(7, {0x90, 60, 0x90, 60, 100});
    const auto c = capture_.counters();
    EXPECT_EQ(c.messages, 2U);
    EXPECT_EQ(c.stray_bytes, 1U);
    EXPECT_EQ(c.torn_messages, 1U);
}

TEST_F(CaptureTest, LongSysExComesThroughByteForByte) {
    midi::Bytes sysex(3000, 5);
    sysex.front() = 0xF0;
    sysex.back() = 0xF7;
    feed(0, midi::Bytes(sysex.begin(), sysex.begin() + 1500));
    feed(0, midi::Bytes(sysex.begin() + 1500, sysex.end()));
    EXPECT_EQ(log_.long_sysex, sysex);
}

}  // namespace
}  // namespace midinet::path
