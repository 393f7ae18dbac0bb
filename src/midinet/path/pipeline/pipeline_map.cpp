#include "path/pipeline/pipeline_map.hpp"

#include <algorithm>
#include <cmath>

namespace midinet::path {
namespace {

using midi::CurveKind;

constexpr double kTop = 127;
/// How far the logarithmic curve lifts what is soft; the exponential one is its inverse.
constexpr double kBend = 9;

/// Of 0..1.
double shaped(CurveKind kind, double x) {
    switch (kind) {
        case CurveKind::Logarithmic:
            return std::log1p(kBend * x) / std::log1p(kBend);
        case CurveKind::Exponential:
            return std::expm1(x * std::log1p(kBend)) / kBend;
        case CurveKind::SCurve:
            return x * x * (3 - 2 * x);
        default:
            return x;
    }
}

/// Straight lines from (0, 0) through the points; level behind the last one.
double interpolated(const midi::VelocityCurve& curve, double x) {
    midi::CurvePoint before{0, 0};
    for (const auto& point : curve.points) {
        if (x <= point.in)
            return before.out + (x - before.in) * (point.out - before.out) / (point.in - before.in);
        before = point;
    }
    return before.out;
}

double output_of(const midi::VelocityCurve& curve, double x) {
    if (curve.kind == CurveKind::Fixed) return curve.fixed;
    if (curve.kind == CurveKind::Points) return interpolated(curve, x);
    return kTop * shaped(curve.kind, x / kTop);
}

std::uint8_t value_of(const midi::ControlRemap& remap, unsigned value) {
    const unsigned low = remap.in_low;
    const unsigned high = remap.in_high;
    const unsigned out_span = remap.out_high - remap.out_low;
    unsigned part = value >= high ? out_span : 0;  // of one step: all of it
    if (value > low && value < high)
        part = (2 * (value - low) * out_span + (high - low)) / (2 * (high - low));
    return static_cast<std::uint8_t>(remap.invert ? remap.out_high - part : remap.out_low + part);
}

bool passes_status(const midi::PipelineSettings& settings, unsigned status) {
    if (status < 0x80) return false;
    if (status == 0xF0) return settings.sysex;
    const auto type = midi::type_of_status(static_cast<std::uint8_t>(status));
    if ((settings.types >> static_cast<unsigned>(type) & 1U) == 0) return false;
    return status >= 0xF0 || (settings.channels >> (status & 0x0FU) & 1U) != 0;
}

}  // namespace

std::array<std::uint8_t, 128> velocity_table(const midi::VelocityCurve& curve) {
    std::array<std::uint8_t, 128> table{};
    for (unsigned v = 1; v < table.size(); ++v)
        table[v] = static_cast<std::uint8_t>(
            std::clamp(std::lround(output_of(curve, v)), 1L, static_cast<long>(kTop)));
    return table;
}

PipelineMap::PipelineMap(const midi::PipelineSettings& settings)
    : fingerprint_(midi::fingerprint_of(settings)),
      types_(settings.types),
      transpose_(settings.transpose),
      velocities_(velocity_table(settings.velocity)) {
    for (unsigned status = 0; status < passes_.size(); ++status)
        passes_[status] = passes_status(settings, status);
    for (unsigned c = 0; c < channels_.size(); ++c)
        channels_[c] = static_cast<std::uint8_t>(settings.channel_map[c] - 1);
    for (auto& channel : remap_of_) channel.fill(kSame);
    for (unsigned i = 0; i < settings.remaps.size(); ++i) {
        const auto& remap = settings.remaps[i];
        remaps_[i].to = {static_cast<std::uint8_t>(remap.to_channel - 1), remap.to};
        for (unsigned v = 0; v < 128; ++v) remaps_[i].values[v] = value_of(remap, v);
    }
    // An entry for one channel goes before one for any.
    for (const bool any : {true, false})
        for (unsigned i = 0; i < settings.remaps.size(); ++i) {
            const auto& remap = settings.remaps[i];
            for (unsigned c = 0; c < 16; ++c)
                if (any ? remap.from_channel == 0 : remap.from_channel == c + 1)
                    remap_of_[c][remap.from] = static_cast<std::uint8_t>(i);
        }
}

Place PipelineMap::note(unsigned channel, unsigned note) const noexcept {
    if (!passes_[midi::on_channel(midi::Kind::NoteOn, channel)]) return {};
    const int to = static_cast<int>(note) + transpose_;
    if (to < 0 || to > 127) return {};
    return {channels_[channel], static_cast<std::uint8_t>(to)};
}

PipelineMap::Control PipelineMap::control(unsigned channel, unsigned controller,
                                          unsigned value) const noexcept {
    if (!passes_[midi::on_channel(midi::Kind::ControlChange, channel)]) return {};
    const auto index = remap_of_[channel][controller];
    if (index == kSame)
        return {{channels_[channel], static_cast<std::uint8_t>(controller)},
                static_cast<std::uint8_t>(value)};
    const auto& remap = remaps_[index];
    return {{remap.to.exists() ? remap.to.channel : channels_[channel], remap.to.number},
            remap.values[value]};
}

}  // namespace midinet::path
