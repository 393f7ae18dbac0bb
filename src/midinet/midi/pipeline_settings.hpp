// What the show wants done to messages between device and network, as a plain value.
#pragma once

#include "base/fixed_vector.hpp"
#include "midi/message.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace midinet::midi {

inline constexpr std::size_t kMostRemaps = 32;
inline constexpr std::size_t kMostCurvePoints = 16;
inline constexpr std::int8_t kMostTranspose = 127;
inline constexpr std::uint16_t kAllChannels = 0xFFFF;
inline constexpr std::uint8_t kHighestControl = 119;  ///< above are commands, not values

/// What the filter tells apart. SysEx has a switch of its own.
enum class MessageType : std::uint8_t {
    Note,
    PolyPressure,
    ControlChange,
    ProgramChange,
    ChannelPressure,
    PitchBend,
    TimeCode,  ///< quarter frames
    Clock,     ///< clock, start, stop, continue, song position
    System,    ///< all other: song select, tune request, reset, undefined ones
};
inline constexpr std::size_t kMessageTypes = 9;
inline constexpr std::uint16_t kAllTypes = (1U << kMessageTypes) - 1;
/// "note", "poly_pressure" …, as people write them. In the order of the enumerators.
inline constexpr std::array<std::string_view, kMessageTypes> kMessageTypeWords{
    "note",       "poly_pressure", "control_change", "program_change", "channel_pressure",
    "pitch_bend", "time_code",     "clock",          "system"};
/// Precondition: a status byte other than 0xF0. RT-safe.
MessageType type_of_status(std::uint8_t status) noexcept;

enum class CurveKind : std::uint8_t { Linear, Logarithmic, Exponential, SCurve, Fixed, Points };
inline constexpr std::array<std::string_view, 6> kCurveWords{
    "linear", "logarithmic", "exponential", "s_curve", "fixed", "points"};

struct CurvePoint {
    std::uint8_t in = 1;   ///< Range: 1..127
    std::uint8_t out = 1;  ///< Range: 1..127
    friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};
/// From the velocity of a note-on to another one.
struct VelocityCurve {
    CurveKind kind = CurveKind::Linear;
    std::uint8_t fixed = 100;  ///< of Fixed. Range: 1..127
    /// Of Points: at least one then. `in` rises, `out` does not fall.
    FixedVector<CurvePoint, kMostCurvePoints> points{};
    friend bool operator==(const VelocityCurve&, const VelocityCurve&) = default;
};

/// One controller becomes another one.
struct ControlRemap {
    std::uint8_t from_channel = 0;  ///< Range: 1..16; 0: any
    std::uint8_t from = 0;          ///< Range: as is_remappable says
    std::uint8_t to_channel = 0;    ///< Range: 1..16; 0: where its channel goes
    std::uint8_t to = 0;            ///< the same
    std::uint8_t in_low = 0;        ///< values at or below it become out_low
    std::uint8_t in_high = 127;     ///< values at or above it become out_high. Not below in_low
    std::uint8_t out_low = 0;
    std::uint8_t out_high = 127;  ///< Not below out_low
    bool invert = false;          ///< out_low and out_high change places
    friend bool operator==(const ControlRemap&, const ControlRemap&) = default;
};
/// Whether a controller is a value of its own: not one of a parameter's transaction (6, 38,
/// 96..101), nor a command (120..127). RT-safe.
bool is_remappable(unsigned controller) noexcept;

/// Without a value of its own it leaves everything as it is.
struct PipelineSettings {
    std::uint16_t channels = kAllChannels;  ///< bit n: channel n + 1 passes
    std::uint16_t types = kAllTypes;        ///< bit n: that MessageType passes
    bool sysex = true;                      ///< SysEx passes
    /// Where each channel goes. Range: 1..16 each.
    std::array<std::uint8_t, 16> channel_map{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    std::int8_t transpose = 0;  ///< Units: semitones. Range: ±kMostTranspose
    VelocityCurve velocity{};
    FixedVector<ControlRemap, kMostRemaps> remaps{};
    friend bool operator==(const PipelineSettings&, const PipelineSettings&) = default;
};

/// What is wrong, and where: `list[index].key`, or `key` alone where `list` is empty.
struct SettingsFault {
    std::string_view list;
    std::size_t index = 0;
    std::string_view key;
    std::string_view expected;
};
/// Nothing when every value is in its range and they go together.
std::optional<SettingsFault> fault_of(const PipelineSettings& settings) noexcept;

/// Equal settings have equal ones, and unequal ones hardly ever; 0: everything stays as it is. Part
/// of the wire format (docs/wire_format.md §14).
std::uint32_t fingerprint_of(const PipelineSettings& settings) noexcept;

}  // namespace midinet::midi
