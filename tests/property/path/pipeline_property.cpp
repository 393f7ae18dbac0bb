// Whatever is played and however the map changes under it: nothing hangs, and curves are curves.
#include "path/pipeline/pipeline.hpp"
#include "property/midi/midi_generators.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace midinet::path {
namespace {

using midi::control_change;
using midi::CurveKind;
using midi::Message;
using midi::PipelineSettings;

constexpr PortIndex kPort{0};

rc::Gen<std::uint8_t> byte_in(unsigned low, unsigned high) {
    return rc::gen::map(rc::gen::inRange(low, high + 1),
                        [](unsigned v) { return static_cast<std::uint8_t>(v); });
}

midi::VelocityCurve any_curve() {
    midi::VelocityCurve curve;
    curve.kind = static_cast<CurveKind>(*rc::gen::inRange(0, 6));
    curve.fixed = *byte_in(1, 127);
    unsigned in = 0;
    unsigned out = 1;
    const auto wanted = *rc::gen::inRange<std::size_t>(1, midi::kMostCurvePoints + 1);
    while (curve.points.size() < wanted && in < 127) {
        in = *rc::gen::inRange(in + 1, 128U);
        out = *rc::gen::inRange(out, 128U);
        (void)curve.points.push_back(
            {static_cast<std::uint8_t>(in), static_cast<std::uint8_t>(out)});
    }
    return curve;
}

/// None of which turns a pedal round: "up" is up on both sides.
midi::ControlRemap any_remap() {
    midi::ControlRemap remap;
    remap.from_channel = *byte_in(0, 2);
    remap.to_channel = *byte_in(0, 3);
    remap.from = *rc::gen::element<std::uint8_t>(1, 7, 64, 66, 69);
    remap.to = *rc::gen::element<std::uint8_t>(1, 16, 64, 66, 67, 69);
    remap.in_low = *byte_in(0, 127);
    remap.in_high = *byte_in(remap.in_low, 127);
    remap.out_low = *byte_in(0, is_pedal(remap.to) ? 63 : 127);
    remap.out_high = *byte_in(remap.out_low, 127);
    remap.invert = !is_pedal(remap.to) && *rc::gen::arbitrary<bool>();
    return remap;
}

PipelineSettings any_settings() {
    PipelineSettings settings;
    if (*rc::gen::inRange(0, 4) == 0) return settings;
    settings.channels = *rc::gen::element<std::uint16_t>(0xFFFF, 0xFFFF, 0xFFFE, 0xFFFD, 0);
    settings.types =
        static_cast<std::uint16_t>(midi::kAllTypes & ~(1U << *rc::gen::inRange(0U, 20U)));
    settings.channel_map[0] = *byte_in(1, 3);
    settings.channel_map[1] = *byte_in(1, 3);
    settings.transpose = static_cast<std::int8_t>(*rc::gen::element(0, 0, 1, -1, 2, 66, -66, 127));
    settings.velocity = any_curve();
    for (auto n = *rc::gen::inRange(0, 4); n > 0; --n) {
        auto more = settings;
        (void)more.remaps.push_back(any_remap());
        if (!midi::fault_of(more)) settings = more;
    }
    RC_ASSERT(!midi::fault_of(settings));
    return settings;
}

struct Rig : midi::MessageSink {
    void on_message(const Message& message) noexcept override {
        ++messages;
        well_formed = well_formed && midi::is_well_formed(message.bytes());
        sent.apply(kPort, message, 0);
    }
    void play(const Message& message) {
        played.apply(kPort, message, 0);
        pipeline.process(kPort, message, *this);
    }
    void change() { (void)pipeline.use(std::make_unique<const PipelineMap>(any_settings()), sent); }
    /// Each key that is down goes up as often as it went down, and each controller to 0.
    void let_go() {
        const auto& state = played.at(kPort);
        for (unsigned c = 0; c < 16; ++c) {
            for (unsigned note = 0; note < 128; ++note)
                while (state.sounding(c, note) > 0) play(midi::note_off(c, note));
            for (unsigned k = 0; k < 120; ++k)
                if (state.control(c, k) > 0) play(control_change(c, k, 0));
        }
    }
    bool quiet() {
        const auto& state = sent.at(kPort);
        for (unsigned c = 0; c < 16; ++c)
            for (unsigned pedal = 64; pedal < 70; ++pedal)
                if (is_pedal(pedal) && state.control(c, pedal) >= kPedalDown) return false;
        return state.sounding_total() == 0;
    }

    Pipeline pipeline;
    midi::StreamState played;
    midi::StreamState sent;
    std::size_t messages = 0;
    bool well_formed = true;
};

RC_GTEST_PROP(PipelineProperty, NothingHangs, ()) {
    Rig rig;
    for (auto n = *rc::gen::inRange(1, 5); n > 0; --n) {
        for (const auto& message : *midi::any_performance()) {
            rig.play(message);
            if (*rc::gen::inRange(0, 8) == 0) rig.change();
        }
        rig.change();
    }
    rig.let_go();
    RC_ASSERT(rig.well_formed);
    RC_ASSERT(rig.quiet());
}

RC_GTEST_PROP(PipelineProperty, HoldsNothingBackOnceItLeavesEverythingAsItIs, ()) {
    Rig rig;
    for (const auto& message : *midi::any_performance()) {
        rig.play(message);
        if (*rc::gen::inRange(0, 4) == 0) rig.change();
    }
    rig.let_go();
    (void)rig.pipeline.use(std::make_unique<const PipelineMap>(), rig.sent);
    const auto again = *midi::any_performance();
    rig.messages = 0;
    for (const auto& message : again) rig.play(message);
    RC_ASSERT(rig.messages == again.size());
}

RC_GTEST_PROP(PipelineProperty, ACurveRisesAndKeepsItsEnds, ()) {
    const auto curve = any_curve();
    const auto table = velocity_table(curve);
    RC_ASSERT(table[0] == 0);
    for (unsigned v = 1; v < 128; ++v) {
        RC_ASSERT(table[v] >= 1 && table[v] <= 127);
        RC_ASSERT(v == 1 || table[v] >= table[v - 1]);
    }
    const auto last = curve.points.empty() ? 0U : curve.points.view().back().out;
    const unsigned top = curve.kind == CurveKind::Fixed    ? curve.fixed
                         : curve.kind == CurveKind::Points ? last
                                                           : 127U;
    RC_ASSERT(table[127] == top);
    for (const auto& point : curve.points)
        RC_ASSERT(curve.kind != CurveKind::Points || table[point.in] == point.out);
}

}  // namespace
}  // namespace midinet::path
