// A pipeline in front of a port that may be slow, full or gone.
#include "path/pipeline/port_pipeline.hpp"

#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::path {
namespace {

using midi::Message;
using midi::Messages;
using midi::note_off;
using midi::note_on;
using Bytes = std::vector<std::uint8_t>;

constexpr TimePoint kNow{100s};
constexpr Message kClock{0xF8};
constexpr Message kStart{0xFA};

class SlowPort final : public PortWriter {
  public:
    Wrote write(PortIndex port, std::span<const std::uint8_t> bytes,
                TimePoint /*when*/) noexcept override {
        if (gone) return Wrote::Lost;
        if (room == 0) return Wrote::Full;
        --room;
        writes.at(port.value).emplace_back(bytes.begin(), bytes.end());
        return Wrote::Taken;
    }
    Messages took(unsigned port = 0) {
        Messages all;
        for (const auto& bytes : std::exchange(writes.at(port), {})) all.emplace_back(bytes);
        return all;
    }
    unsigned room = 1'000'000;
    bool gone = false;
    std::array<std::vector<Bytes>, kMaxPorts> writes;
};

class PortPipelineTest : public ::testing::Test {
  protected:
    void use(const midi::PipelineSettings& settings) {
        (void)pipeline_.use(std::make_unique<const PipelineMap>(settings), told_);
    }
    void transpose(int by) {
        midi::PipelineSettings settings;
        settings.transpose = static_cast<std::int8_t>(by);
        use(settings);
    }
    /// As the output does: what is taken is told.
    Wrote play(const Message& message, std::uint8_t port = 0) {
        const auto wrote = pipeline_.write({port}, message.bytes(), kNow);
        if (wrote == Wrote::Taken) told_.apply({port}, message, 0);
        return wrote;
    }
    Wrote piece(const Bytes& bytes) { return pipeline_.write({0}, bytes, kNow); }

    SlowPort port_;
    PortPipeline pipeline_{port_};
    midi::StreamState told_;
};

TEST_F(PortPipelineTest, WithoutAMapEverythingGoesOnAsItIs) {
    const Messages all{note_on(0, 60, 1), kClock, Message{0xF0, 1, 0xF7}, Message{0xFF}};
    for (const auto& message : all) EXPECT_EQ(play(message), Wrote::Taken);
    EXPECT_EQ(port_.took(), all);
    EXPECT_EQ(pipeline_.next_due(), kNever);
}

TEST_F(PortPipelineTest, WhatIsDownAtTheFirstMapEndsWhereItBegan) {
    play(note_on(0, 60, 1));
    transpose(12);
    play(note_off(0, 60, 2));
    play(note_on(0, 60, 3));
    transpose(0);
    play(note_off(0, 60, 4));
    EXPECT_EQ(port_.took(), (Messages{note_on(0, 60, 1), note_off(0, 60, 2), note_on(0, 72, 3),
                                      note_off(0, 72, 4)}));
}

TEST_F(PortPipelineTest, WhatTheFullPortDidNotTakeComesBeforeAllThatFollows) {
    transpose(1);
    for (std::uint8_t note = 60; note < 70; ++note) play(note_on(0, note, 1));
    (void)port_.took();
    port_.room = 3;
    EXPECT_EQ(play(midi::control_change(0, 123, 0)), Wrote::Taken);
    EXPECT_EQ(play(note_on(0, 1, 1)), Wrote::Full);
    EXPECT_EQ(play(kStart), Wrote::Full) << "it means something else before than after";
    EXPECT_EQ(piece({0xF0, 1}), Wrote::Full);
    EXPECT_FALSE(pipeline_.idle());
    EXPECT_EQ(pipeline_.next_due(), kNow);
    EXPECT_EQ(port_.took().size(), 3U);
    pipeline_.pump(kNow);
    EXPECT_EQ(pipeline_.next_due(), kNow + PortPipeline::kRetry);
    port_.room = 5;
    pipeline_.pump(kNow);
    port_.room = 1'000'000;
    EXPECT_EQ(play(kClock), Wrote::Taken) << "a tick is worth nothing late";
    EXPECT_EQ(play(note_on(0, 1, 1), 1), Wrote::Taken) << "another port's";
    pipeline_.pump(kNow);
    EXPECT_TRUE(pipeline_.idle());
    EXPECT_EQ(pipeline_.next_due(), kNever);
    EXPECT_EQ(play(note_on(0, 1, 1)), Wrote::Taken);
    EXPECT_EQ(port_.took(),
              (Messages{note_off(0, 64), note_off(0, 65), note_off(0, 66), note_off(0, 67),
                        note_off(0, 68), kClock, note_off(0, 69), note_off(0, 70),
                        midi::control_change(0, 123, 0), note_on(0, 2, 1)}));
    EXPECT_EQ(port_.took(1), (Messages{note_on(0, 2, 1)}));
}

/// The most that one message can become.
TEST_F(PortPipelineTest, AResetThatDoesNotPassEndsAllThatSounds) {
    midi::PipelineSettings settings;
    settings.types =
        midi::kAllTypes &
        static_cast<std::uint16_t>(~(1U << static_cast<unsigned>(midi::MessageType::System)));
    use(settings);
    midi::StreamState heard;
    for (unsigned channel = 0; channel < 16; ++channel) {
        for (const unsigned pedal : {64U, 66U, 67U, 69U})
            play(midi::control_change(channel, pedal, 127));
        for (unsigned note = 0; note < 128; ++note)
            for (int times = 0; times < 3; ++times) play(note_on(channel, note, 1));
    }
    for (const auto& message : port_.took()) heard.apply({0}, message, 0);
    EXPECT_EQ(heard.sounding_total(), 3U * 16 * 128);
    port_.room = 0;
    EXPECT_EQ(play(Message{0xFF}), Wrote::Taken);
    for (int n = 0; n < 100'000 && !pipeline_.idle(); ++n) {
        port_.room = 1;
        pipeline_.pump(kNow);
    }
    for (const auto& message : port_.took()) heard.apply({0}, message, 0);
    EXPECT_EQ(heard.sounding_total(), 0U);
    for (unsigned channel = 0; channel < 16; ++channel)
        for (const unsigned pedal : {64U, 66U, 67U, 69U})
            EXPECT_EQ(heard.at({0}).control(channel, pedal), 0) << channel << ' ' << pedal;
    EXPECT_EQ(internal_faults(), 0U);
}

TEST_F(PortPipelineTest, ALongSysExPassesWholeOrNotAtAll) {
    midi::PipelineSettings none;
    none.sysex = false;
    EXPECT_EQ(piece({0xF0, 1, 2}), Wrote::Taken);
    use(none);
    EXPECT_EQ(piece({3, 4}), Wrote::Taken);
    EXPECT_EQ(piece({0xF7}), Wrote::Taken);
    EXPECT_EQ(piece({0xF0, 5}), Wrote::Taken);
    use({});
    EXPECT_EQ(piece({6, 0xF7}), Wrote::Taken);
    EXPECT_EQ(piece({0xF0, 7, 0xF7}), Wrote::Taken);
    EXPECT_EQ(port_.writes[0], (std::vector<Bytes>{{0xF0, 1, 2}, {3, 4}, {0xF7}, {0xF0, 7, 0xF7}}));
}

TEST_F(PortPipelineTest, ANewPortStartsWithNothingDownAndNothingWaiting) {
    transpose(1);
    play(note_on(0, 60, 1));
    play(note_on(0, 61, 1));
    port_.room = 0;
    EXPECT_EQ(play(midi::control_change(0, 123, 0)), Wrote::Taken);
    port_.gone = true;
    pipeline_.pump(kNow);
    EXPECT_TRUE(pipeline_.idle()) << "there is nobody to play it to";
    EXPECT_EQ(play(note_on(0, 62, 1)), Wrote::Lost);
    port_.gone = false;
    port_.room = 1'000;
    (void)port_.took();
    pipeline_.on_port_opened();
    told_.clear();
    transpose(2);
    play(note_off(0, 62, 0));
    EXPECT_EQ(port_.took(), (Messages{note_off(0, 64, 0)}));
}

}  // namespace
}  // namespace midinet::path
