#include "path/pipeline/pipeline.hpp"

#include "unit/midi/midi_printing.hpp"

#include <gtest/gtest.h>

namespace midinet::path {
namespace {

using midi::control_change;
using midi::ControlRemap;
using midi::Message;
using midi::Messages;
using midi::note_off;
using midi::note_on;
using midi::PipelineSettings;
using midi::poly_pressure;

constexpr PortIndex kPort{0};

/// A pipeline, and the state of what came out of it.
class Bench : public midi::MessageSink {
  public:
    void on_message(const Message& message) noexcept override {
        out.push_back(message);
        sent.apply(kPort, message, 0);
    }
    void use(const PipelineSettings& settings) {
        EXPECT_FALSE(midi::fault_of(settings));
        (void)pipeline.use(std::make_unique<const PipelineMap>(settings), sent);
    }
    Messages play(const Messages& messages) {
        out.clear();
        for (const auto& message : messages) pipeline.process(kPort, message, *this);
        return out;
    }

    Pipeline pipeline;
    midi::StreamState sent;
    Messages out;
};

PipelineSettings transposed(int by) {
    PipelineSettings settings;
    settings.transpose = static_cast<std::int8_t>(by);
    return settings;
}
/// Channels 1 and 2 both go to 1.
PipelineSettings merged() {
    PipelineSettings settings;
    settings.channel_map[1] = 1;
    return settings;
}
PipelineSettings without(midi::MessageType type) {
    PipelineSettings settings;
    settings.types &= static_cast<std::uint16_t>(~(1U << static_cast<unsigned>(type)));
    return settings;
}
PipelineSettings with(const ControlRemap& remap) {
    PipelineSettings settings;
    (void)settings.remaps.push_back(remap);
    return settings;
}

TEST(Pipeline, LeavesEverythingAsItIsUntilItIsTold) {
    Bench bench;
    const Messages all{note_on(0, 60, 1),         note_on(0, 60, 0), control_change(15, 64, 127),
                       control_change(0, 123, 0), Message{0xFF},     Message{0xF0, 1, 0xF7}};
    EXPECT_EQ(bench.play(all), all);
    bench.use({});
    EXPECT_EQ(bench.play(all), all);
}

TEST(Pipeline, ANoteEndsWhereItBegan) {
    Bench bench;
    bench.play({note_on(0, 60, 100)});
    bench.use(transposed(12));
    EXPECT_EQ(bench.play({poly_pressure(0, 60, 9), note_on(0, 61, 100), note_off(0, 60, 5)}),
              (Messages{poly_pressure(0, 60, 9), note_on(0, 73, 100), note_off(0, 60, 5)}));
    bench.use(merged());
    EXPECT_EQ(bench.play({note_on(0, 61, 0)}), (Messages{note_on(0, 73, 0)}));
    EXPECT_EQ(bench.sent.sounding_total(), 0U);
}

TEST(Pipeline, ANoteThatWasWithheldHasItsEndWithheld) {
    Bench bench;
    bench.use(transposed(100));
    EXPECT_EQ(bench.play({note_on(0, 60, 100)}), Messages{});
    bench.use({});
    EXPECT_EQ(bench.play({poly_pressure(0, 60, 9), note_off(0, 60)}), Messages{});
    EXPECT_EQ(bench.play({note_on(0, 60, 100)}), (Messages{note_on(0, 60, 100)}));
}

TEST(Pipeline, ANoteStruckAgainMovesToItsNewPlace) {
    Bench bench;
    bench.play({note_on(0, 60, 100)});
    bench.use(transposed(1));
    EXPECT_EQ(bench.play({note_on(0, 60, 90)}), (Messages{note_off(0, 60), note_on(0, 61, 90)}));
    EXPECT_EQ(bench.play({note_off(0, 60)}), (Messages{note_off(0, 61)}));
    EXPECT_EQ(bench.sent.sounding_total(), 0U);
}

TEST(Pipeline, StruckTwiceAtOnePlaceItEndsTwice) {
    Bench bench;
    bench.use(transposed(1));
    EXPECT_EQ(bench.play({note_on(0, 60, 9), note_on(0, 60, 8), note_off(0, 60), note_off(0, 60)}),
              (Messages{note_on(0, 61, 9), note_on(0, 61, 8), note_off(0, 61), note_off(0, 61)}));
}

TEST(Pipeline, OneNoteOfTwoChannelsEndsWithTheLast) {
    Bench bench;
    bench.use(merged());
    EXPECT_EQ(bench.play({note_on(0, 60, 9), note_on(1, 60, 8), note_off(0, 60)}),
              (Messages{note_on(0, 60, 9), note_on(0, 60, 8)}));
    EXPECT_EQ(bench.play({note_off(1, 60, 3)}), (Messages{note_off(0, 60, 3), note_off(0, 60, 3)}));
    EXPECT_EQ(bench.sent.sounding_total(), 0U);
}

TEST(Pipeline, AStrayNoteOffDoesNotEndAnothersNote) {
    Bench bench;
    bench.use(merged());
    EXPECT_EQ(bench.play({note_off(1, 60)}), (Messages{note_off(0, 60)}));
    EXPECT_EQ(bench.play({note_on(0, 60, 9), note_off(1, 60)}), (Messages{note_on(0, 60, 9)}));
}

TEST(Pipeline, AllNotesOffEndsItsOwnChannelsNotesAlone) {
    Bench bench;
    bench.play({note_on(1, 50, 9)});
    bench.use(merged());
    bench.play({note_on(0, 60, 9), note_on(1, 60, 8), note_on(1, 61, 8)});
    EXPECT_EQ(bench.play({control_change(1, 123, 0)}),
              (Messages{note_off(1, 50), note_off(0, 61)}));
    EXPECT_EQ(bench.play({control_change(0, 123, 0)}),
              (Messages{note_off(0, 60), note_off(0, 60), control_change(0, 123, 0)}));
    EXPECT_EQ(bench.sent.sounding_total(), 0U);
}

TEST(Pipeline, WhatEndsNotesDoesSoThroughAFilter) {
    Bench bench;
    bench.play({note_on(0, 60, 9), control_change(0, 64, 127), control_change(0, 69, 127)});
    bench.use(without(midi::MessageType::ControlChange));
    EXPECT_EQ(bench.play({control_change(0, 120, 0), control_change(0, 121, 0)}),
              (Messages{note_off(0, 60), control_change(0, 64, 0)}));
    bench.use(without(midi::MessageType::System));
    EXPECT_EQ(bench.play({note_on(0, 60, 9), Message{0xFF}}),
              (Messages{note_on(0, 60, 9), note_off(0, 60), control_change(0, 69, 0)}));
    bench.use(transposed(1));
    EXPECT_EQ(bench.play({note_on(0, 60, 9), Message{0xFF}, note_off(0, 60)}),
              (Messages{note_on(0, 61, 9), Message{0xFF}, note_off(0, 61)}));
}

TEST(Pipeline, APedalIsLiftedWhereItWasPressed) {
    for (const unsigned pedal : {64U, 66U, 67U, 69U}) {
        Bench bench;
        bench.play({control_change(1, pedal, 127)});
        bench.use(merged());
        EXPECT_EQ(bench.play({control_change(1, pedal, 0)}),
                  (Messages{control_change(1, pedal, 0)}));
        EXPECT_EQ(bench.play({control_change(1, pedal, 127)}),
                  (Messages{control_change(0, pedal, 127)}));
        bench.use(without(midi::MessageType::ControlChange));
        EXPECT_EQ(bench.play({control_change(1, pedal, 0)}),
                  (Messages{control_change(0, pedal, 0)}));
        EXPECT_EQ(bench.play({control_change(1, pedal, 0)}), Messages{});
    }
}

TEST(Pipeline, APedalThatMovesOnGoesToItsNewPlace) {
    Bench bench;
    bench.play({control_change(1, 64, 127)});
    bench.use(merged());
    EXPECT_EQ(
        bench.play({control_change(1, 64, 100), control_change(1, 64, 0)}),
        (Messages{control_change(1, 64, 0), control_change(0, 64, 100), control_change(0, 64, 0)}));
}

TEST(Pipeline, OnePedalOfTwoChannelsIsUpWithTheLast) {
    Bench bench;
    bench.use(merged());
    EXPECT_EQ(bench.play({control_change(0, 64, 127), control_change(1, 64, 90),
                          control_change(0, 64, 0), control_change(1, 64, 0)}),
              (Messages{control_change(0, 64, 127), control_change(0, 64, 90),
                        control_change(0, 64, 0)}));
    bench.play({control_change(0, 64, 127), control_change(1, 64, 127)});
    EXPECT_EQ(bench.play({control_change(0, 121, 0)}),
              (Messages{control_change(0, 121, 0), control_change(0, 64, 127)}));
}

TEST(Pipeline, ResetAllControllersLiftsWhatTheDeviceLetsGoWhereverItWent) {
    Bench bench;
    bench.use(with({.from = 66, .to = 69}));
    bench.play({control_change(0, 66, 127)});
    EXPECT_EQ(bench.play({control_change(0, 121, 0)}),
              (Messages{control_change(0, 69, 0), control_change(0, 121, 0)}));
    bench.use(with({.from = 7, .to = 64}));
    bench.play({control_change(0, 7, 127)});
    EXPECT_EQ(
        bench.play({control_change(0, 121, 0), control_change(0, 7, 0)}),
        (Messages{control_change(0, 121, 0), control_change(0, 64, 127), control_change(0, 64, 0)}))
        << "a volume is not reset";
}

TEST(Pipeline, AControllerBecomesAnother) {
    Bench bench;
    bench.use(with({.from = 20, .to_channel = 3, .to = 7}));
    EXPECT_EQ(bench.play({control_change(5, 20, 9), control_change(5, 7, 8)}),
              (Messages{control_change(2, 7, 9), control_change(5, 7, 8)}));
    auto settings = merged();
    (void)settings.remaps.push_back({.from = 20, .to = 7});
    (void)settings.remaps.push_back({.from_channel = 2, .from = 20, .to = 8});
    bench.use(settings);
    EXPECT_EQ(bench.play({control_change(0, 20, 9), control_change(1, 20, 9)}),
              (Messages{control_change(0, 7, 9), control_change(0, 8, 9)}));
}

TEST(Pipeline, AControllersRangeBecomesAnother) {
    const ControlRemap remap{
        .from = 1, .to = 1, .in_low = 10, .in_high = 20, .out_low = 100, .out_high = 120};
    const auto values = [](const ControlRemap& r) {
        const PipelineMap map(with(r));
        std::vector<int> all;
        for (const unsigned v : {0U, 10U, 15U, 20U, 127U})
            all.push_back(map.control(0, 1, v).value);
        return all;
    };
    EXPECT_EQ(values(remap), (std::vector<int>{100, 100, 110, 120, 120}));
    auto inverted = remap;
    inverted.invert = true;
    EXPECT_EQ(values(inverted), (std::vector<int>{120, 120, 110, 100, 100}));
    auto step = remap;
    step.in_low = step.in_high = 15;
    EXPECT_EQ(values(step), (std::vector<int>{100, 100, 120, 120, 120}));
}

TEST(Pipeline, AParameterTravelsWithItsChannel) {
    Bench bench;
    bench.use(merged());
    EXPECT_EQ(bench.play({control_change(1, 101, 0), control_change(1, 6, 2)}),
              (Messages{control_change(0, 101, 0), control_change(0, 6, 2)}));
}

TEST(Pipeline, FiltersByChannelAndByType) {
    Bench bench;
    auto settings = without(midi::MessageType::Clock);
    settings.channels = 0xFFFE;
    settings.sysex = false;
    bench.use(settings);
    EXPECT_EQ(
        bench.play({note_on(0, 60, 9), note_on(1, 60, 9), midi::pitch_bend(0, 5),
                    midi::program_change(1, 5), Message{0xF8}, Message{0xFA}, Message{0xF2, 0, 0},
                    Message{0xF3, 1}, Message{0xF1, 1}, Message{0xF0, 1, 0xF7}}),
        (Messages{note_on(1, 60, 9), midi::program_change(1, 5), Message{0xF3, 1},
                  Message{0xF1, 1}}));
}

TEST(Pipeline, AChangeCutsNoSysExInHalf) {
    Bench bench;
    PipelineSettings no_sysex;
    no_sysex.sysex = false;
    EXPECT_TRUE(bench.pipeline.passes_piece(kPort, true, false));
    bench.use(no_sysex);
    EXPECT_TRUE(bench.pipeline.passes_piece(kPort, false, false));
    EXPECT_TRUE(bench.pipeline.passes_piece(kPort, false, true));
    EXPECT_FALSE(bench.pipeline.passes_piece(kPort, true, false));
    EXPECT_TRUE(bench.pipeline.passes_piece({1}, false, false)) << "another port's";
    bench.use({});
    EXPECT_FALSE(bench.pipeline.passes_piece(kPort, false, false));
    EXPECT_FALSE(bench.pipeline.passes_aborted(kPort));
    EXPECT_TRUE(bench.pipeline.passes_piece(kPort, true, true));
}

TEST(Pipeline, ADeviceThatWentAwayHoldsNothing) {
    Bench bench;
    bench.use(transposed(1));
    bench.play({note_on(0, 60, 9)});
    bench.pipeline.reset();
    bench.sent.clear();
    bench.use({});
    EXPECT_EQ(bench.play({note_off(0, 60)}), (Messages{note_off(0, 60)}));
}

TEST(PipelineSettings, WhatDoesNotGoTogetherIsNamed) {
    const auto key = [](const PipelineSettings& settings) {
        const auto fault = midi::fault_of(settings);
        return fault ? std::string(fault->list) + "/" + std::string(fault->key) : "";
    };
    EXPECT_EQ(key({}), "");
    for (const unsigned c : {6U, 38U, 96U, 101U, 120U, 127U}) {
        EXPECT_EQ(key(with({.from = static_cast<std::uint8_t>(c)})), "cc_remap/from") << c;
        EXPECT_EQ(key(with({.to = static_cast<std::uint8_t>(c)})), "cc_remap/to") << c;
    }
    EXPECT_EQ(key(with({.from_channel = 17})), "cc_remap/from_channel");
    EXPECT_EQ(key(with({.in_low = 5, .in_high = 4})), "cc_remap/in_low");
    EXPECT_EQ(key(with({.out_low = 5, .out_high = 4})), "cc_remap/out_low");
    auto twice = with({.from = 7});
    (void)twice.remaps.push_back({.from = 7, .to = 9});
    EXPECT_EQ(key(twice), "cc_remap/from");
    PipelineSettings settings;
    settings.channel_map[3] = 0;
    EXPECT_EQ(key(settings), "/channel_map");
    settings = transposed(-128);
    EXPECT_EQ(key(settings), "/transpose");
    settings = {};
    settings.velocity.kind = midi::CurveKind::Points;
    EXPECT_EQ(key(settings), "/velocity_curve");
    (void)settings.velocity.points.push_back({5, 50});
    (void)settings.velocity.points.push_back({5, 60});
    EXPECT_EQ(key(settings), "velocity_points/in");
    settings.velocity.points[1] = {6, 49};
    EXPECT_EQ(key(settings), "velocity_points/out");
}

TEST(PipelineSettings, AFingerprintTellsThemApart) {
    EXPECT_EQ(midi::fingerprint_of({}), 0U);
    EXPECT_NE(midi::fingerprint_of(transposed(1)), midi::fingerprint_of(transposed(-1)));
    EXPECT_NE(midi::fingerprint_of(with({.from = 1})), midi::fingerprint_of(with({.to = 1})));
    EXPECT_EQ(midi::fingerprint_of(transposed(1)), 3914946347U) << "normative: docs/wire_format.md";
}

}  // namespace
}  // namespace midinet::path
