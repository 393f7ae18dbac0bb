#include "midi/pipeline_settings.hpp"

#include "midi/state.hpp"

#include <algorithm>

namespace midinet::midi {
namespace {

using Fault = std::optional<SettingsFault>;

constexpr std::uint8_t kChannels = 16;
constexpr std::uint8_t kHighest = 127;
constexpr std::string_view kChannelOrZero = "a channel from 1 to 16, or 0";
constexpr std::string_view kValue = "a whole number from 0 to 127";
constexpr std::string_view kController =
    "a controller from 0 to 119 that is no part of a parameter (6, 38, 96 to 101)";

Fault fault_in(const ControlRemap& remap, std::size_t index) noexcept {
    const auto fault = [index](std::string_view key, std::string_view expected) {
        return SettingsFault{"cc_remap", index, key, expected};
    };
    if (remap.from_channel > kChannels) return fault("from_channel", kChannelOrZero);
    if (!is_remappable(remap.from)) return fault("from", kController);
    if (remap.to_channel > kChannels) return fault("to_channel", kChannelOrZero);
    if (!is_remappable(remap.to)) return fault("to", kController);
    if (remap.in_high > kHighest) return fault("in_high", kValue);
    if (remap.out_high > kHighest) return fault("out_high", kValue);
    if (remap.in_low > remap.in_high) return fault("in_low", "a value not above in_high");
    if (remap.out_low > remap.out_high)
        return fault("out_low", "a value not above out_high (invert = true turns it round)");
    return std::nullopt;
}

Fault fault_in_remaps(const PipelineSettings& settings) noexcept {
    for (std::size_t i = 0; i < settings.remaps.size(); ++i) {
        const auto& remap = settings.remaps[i];
        if (const auto fault = fault_in(remap, i)) return fault;
        for (std::size_t before = 0; before < i; ++before)
            if (settings.remaps[before].from == remap.from &&
                settings.remaps[before].from_channel == remap.from_channel)
                return SettingsFault{
                    "cc_remap", i, "from",
                    "each controller of a channel in one entry: remove one of two"};
    }
    return std::nullopt;
}

Fault fault_in(const VelocityCurve& curve) noexcept {
    if (curve.kind > CurveKind::Points)
        return SettingsFault{"", 0, "velocity_curve", "a curve that is known"};
    if (curve.fixed < 1 || curve.fixed > kHighest)
        return SettingsFault{"", 0, "velocity_fixed", "a whole number from 1 to 127"};
    if (curve.kind == CurveKind::Points && curve.points.empty())
        return SettingsFault{"", 0, "velocity_curve", "velocity_points with it, at least one"};
    for (std::size_t i = 0; i < curve.points.size(); ++i) {
        const auto fault = [i](std::string_view key, std::string_view expected) {
            return SettingsFault{"velocity_points", i, key, expected};
        };
        const auto& point = curve.points[i];
        if (point.in < 1 || point.in > kHighest) return fault("in", "a whole number from 1 to 127");
        if (point.out < 1 || point.out > kHighest)
            return fault("out", "a whole number from 1 to 127");
        if (i > 0 && point.in <= curve.points[i - 1].in)
            return fault("in", "a value above the point before");
        if (i > 0 && point.out < curve.points[i - 1].out)
            return fault("out", "a value not below the point before");
    }
    return std::nullopt;
}

/// FNV-1a, 32 bits.
class Hash {
  public:
    void add(unsigned byte) noexcept { value_ = (value_ ^ (byte & 0xFFU)) * 0x01000193U; }
    void add16(unsigned value) noexcept {
        add(value >> 8U);
        add(value);
    }
    std::uint32_t value() const noexcept { return value_; }

  private:
    std::uint32_t value_ = 0x811C9DC5U;
};

}  // namespace

MessageType type_of_status(std::uint8_t status) noexcept {
    if (is_channel(status)) {
        const unsigned kind = status >> 4U;  // 8..14
        return static_cast<MessageType>(kind < 10 ? 0U : kind - 9U);
    }
    switch (static_cast<Kind>(status)) {
        case Kind::QuarterFrame:
            return MessageType::TimeCode;
        case Kind::SongPosition:
        case Kind::Clock:
        case Kind::Start:
        case Kind::Continue:
        case Kind::Stop:
            return MessageType::Clock;
        default:
            return MessageType::System;
    }
}

bool is_remappable(unsigned controller) noexcept {
    return controller <= kHighestControl && !is_parameter_control(controller);
}

Fault fault_of(const PipelineSettings& settings) noexcept {
    if ((settings.types & ~kAllTypes) != 0)
        return SettingsFault{"", 0, "types", "types that are known"};
    if (!std::all_of(settings.channel_map.begin(), settings.channel_map.end(),
                     [](unsigned to) { return to >= 1 && to <= kChannels; }))
        return SettingsFault{"", 0, "channel_map", "16 channels, each from 1 to 16"};
    if (settings.transpose < -kMostTranspose)
        return SettingsFault{"", 0, "transpose", "a whole number from -127 to 127"};
    if (const auto fault = fault_in(settings.velocity)) return fault;
    return fault_in_remaps(settings);
}

std::uint32_t fingerprint_of(const PipelineSettings& settings) noexcept {
    if (settings == PipelineSettings{}) return 0;
    Hash hash;
    hash.add16(settings.channels);
    hash.add16(settings.types);
    hash.add(settings.sysex ? 1 : 0);
    for (const auto channel : settings.channel_map) hash.add(channel);
    hash.add(static_cast<std::uint8_t>(settings.transpose));
    hash.add(static_cast<unsigned>(settings.velocity.kind));
    hash.add(settings.velocity.fixed);
    hash.add(static_cast<unsigned>(settings.velocity.points.size()));
    for (const auto& point : settings.velocity.points) {
        hash.add(point.in);
        hash.add(point.out);
    }
    for (const auto& remap : settings.remaps)
        for (const unsigned byte :
             {unsigned{remap.from_channel}, unsigned{remap.from}, unsigned{remap.to_channel},
              unsigned{remap.to}, unsigned{remap.in_low}, unsigned{remap.in_high},
              unsigned{remap.out_low}, unsigned{remap.out_high}, remap.invert ? 1U : 0U})
            hash.add(byte);
    return hash.value() == 0 ? 1 : hash.value();
}

}  // namespace midinet::midi
