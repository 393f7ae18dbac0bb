#include "path/lights/light_queue.hpp"

#include <gmock/gmock.h>

#include <string>

namespace midinet::path {
namespace {

constexpr PortIndex kPort{0};

/// A port that takes as much as it is told to, and writes down what it took.
class SlowPort final : public PortWriter {
  public:
    Wrote write(PortIndex port, std::span<const std::uint8_t> bytes, TimePoint) noexcept override {
        if (gone) return Wrote::Lost;
        if (room == 0) return Wrote::Full;
        --room;
        taken.emplace_back(port.value, std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
        return Wrote::Taken;
    }
    unsigned room = 0;
    bool gone = false;
    std::vector<std::pair<unsigned, std::vector<std::uint8_t>>> taken;
};

class LightQueueTest : public ::testing::Test {
  protected:
    Wrote say(const midi::Message& message, PortIndex port = kPort) {
        return queue_.write(port, message.bytes(), TimePoint{});
    }
    std::vector<std::vector<std::uint8_t>> all() {
        port_.room = 100'000;
        queue_.pump();
        std::vector<std::vector<std::uint8_t>> bytes;
        for (const auto& each : port_.taken) bytes.push_back(each.second);
        return bytes;
    }
    using Bytes = std::vector<std::uint8_t>;
    SlowPort port_;
    LightQueue queue_{port_};
};

TEST_F(LightQueueTest, PassesThroughWhileThePortTakesEverything) {
    port_.room = 2;
    EXPECT_EQ(say(midi::note_on(0, 60, 1)), Wrote::Taken);
    EXPECT_EQ(say(midi::note_on(0, 60, 2)), Wrote::Taken);
    EXPECT_TRUE(queue_.empty());
    EXPECT_EQ(port_.taken.size(), 2U);
}

TEST_F(LightQueueTest, OfOneLightTheNewestValueWaitsInTheFirstOnesPlace) {
    for (unsigned v = 1; v < 100; ++v) {
        EXPECT_EQ(say(midi::note_on(0, 60, v)), Wrote::Taken);
        EXPECT_EQ(say(midi::control_change(1, 7, v)), Wrote::Taken);
    }
    EXPECT_EQ(say(midi::note_off(0, 60)), Wrote::Taken);
    EXPECT_EQ(queue_.coalesced(), 98U * 2 + 1);
    EXPECT_THAT(all(), ::testing::ElementsAre(Bytes{0x80, 60, 64}, Bytes{0xB1, 7, 99}));
}

TEST_F(LightQueueTest, EveryPortAndChannelHasLightsOfItsOwn) {
    (void)say(midi::note_on(0, 60, 1));
    (void)say(midi::note_on(1, 60, 2));
    (void)say(midi::note_on(0, 60, 3), PortIndex{1});
    (void)say(midi::pitch_bend(0, 5));
    (void)say(midi::channel_pressure(0, 5));
    (void)say(midi::poly_pressure(0, 60, 5));
    EXPECT_EQ(queue_.coalesced(), 0U);
    EXPECT_EQ(all().size(), 6U);
}

TEST_F(LightQueueTest, NothingIsReplacedAcrossWhatIsNoLight) {
    (void)say(midi::note_on(0, 60, 1));
    (void)say(midi::program_change(0, 3));
    (void)say(midi::note_on(0, 60, 2));
    (void)say(midi::note_on(0, 60, 4));
    EXPECT_THAT(all(),
                ::testing::ElementsAre(Bytes{0x90, 60, 1}, Bytes{0xC0, 3}, Bytes{0x90, 60, 4}));
}

TEST_F(LightQueueTest, ANoteLitAgainAfterAllNotesOffStaysLit) {
    (void)say(midi::note_on(0, 60, 1));
    (void)say(midi::control_change(0, 123, 0));
    (void)say(midi::note_on(0, 60, 2));
    EXPECT_THAT(
        all(), ::testing::ElementsAre(Bytes{0x90, 60, 1}, Bytes{0xB0, 123, 0}, Bytes{0x90, 60, 2}));
}

TEST_F(LightQueueTest, ParametersKeepTheirNumbers) {
    std::vector<Bytes> said;
    for (std::uint8_t n = 0; n < 2; ++n)
        for (const auto& [controller, value] :
             {std::pair<std::uint8_t, std::uint8_t>{101, 0}, {100, n}, {6, 5}}) {
            (void)say(midi::control_change(0, controller, value));
            said.push_back({0xB0, controller, value});
        }
    EXPECT_EQ(all(), said);
}

TEST_F(LightQueueTest, LongSysExDoesNotOvertake) {
    const Bytes piece(1024, 0x00);
    (void)say(midi::note_on(0, 60, 1));
    EXPECT_EQ(queue_.write(kPort, piece, TimePoint{}), Wrote::Full);
    const Bytes brief{0xF0, 0x7D, 1, 0xF7};
    EXPECT_EQ(queue_.write(kPort, brief, TimePoint{}), Wrote::Taken) << "a short one waits";
    EXPECT_THAT(all(), ::testing::ElementsAre(Bytes{0x90, 60, 1}, brief));
}

TEST_F(LightQueueTest, WhenItIsFullItSaysSo) {
    for (std::uint32_t n = 0; n < LightQueue::kDepth; ++n)
        ASSERT_EQ(say(midi::program_change(0, n % 128)), Wrote::Taken);
    EXPECT_EQ(say(midi::program_change(0, 1)), Wrote::Full);
    EXPECT_EQ(say(midi::note_on(0, 1, 1)), Wrote::Full);
    EXPECT_EQ(all().size(), LightQueue::kDepth);
}

TEST_F(LightQueueTest, TheFirstRoomIsTheOldestOnes) {
    (void)say(midi::note_on(0, 60, 1));
    (void)say(midi::note_on(0, 61, 1));
    port_.room = 1;
    queue_.pump();
    (void)say(midi::note_on(0, 60, 9));  // played already: this one is new
    EXPECT_THAT(all(),
                ::testing::ElementsAre(Bytes{0x90, 60, 1}, Bytes{0x90, 61, 1}, Bytes{0x90, 60, 9}));
}

TEST_F(LightQueueTest, ALostPortEndsTheWait) {
    (void)say(midi::note_on(0, 60, 1));
    port_.gone = true;
    queue_.pump();
    EXPECT_TRUE(queue_.empty());
    EXPECT_EQ(say(midi::note_on(0, 60, 1)), Wrote::Lost);
}

}  // namespace
}  // namespace midinet::path
