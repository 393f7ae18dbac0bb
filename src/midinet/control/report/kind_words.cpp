#include "control/report/kind_words.hpp"

#include <algorithm>
#include <array>

namespace midinet::control {
namespace {

using midi::Kind;

constexpr std::array<KindWords, 18> kKinds{{
    {Kind::NoteOff, "note_off", "note off", "note"},
    {Kind::NoteOn, "note_on", "note on", "note"},
    {Kind::ControlChange, "control_change", "cc", "cc"},
    {Kind::ProgramChange, "program_change", "program", "program"},
    {Kind::PitchBend, "pitch_bend", "bend", "bend"},
    {Kind::PolyPressure, "poly_pressure", "pressure", "pressure"},
    {Kind::ChannelPressure, "channel_pressure", "pressure", "pressure"},
    {Kind::SysEx, "sysex", "sysex", "sysex"},
    {Kind::Clock, "clock", "clock", "clock"},
    {Kind::ActiveSensing, "active_sensing", "active sensing", "clock"},
    {Kind::QuarterFrame, "quarter_frame", "quarter frame", "system"},
    {Kind::SongPosition, "song_position", "song position", "system"},
    {Kind::SongSelect, "song_select", "song select", "system"},
    {Kind::TuneRequest, "tune_request", "tune request", "system"},
    {Kind::Start, "start", "start", "system"},
    {Kind::Continue, "continue", "continue", "system"},
    {Kind::Stop, "stop", "stop", "system"},
    {Kind::SystemReset, "system_reset", "system reset", "system"},
}};
constexpr KindWords kUndefined{Kind::UndefinedF4, "undefined", "undefined", "system"};

}  // namespace

const KindWords& words_of(Kind kind) noexcept {
    const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                     [kind](const KindWords& words) { return words.kind == kind; });
    return found == kKinds.end() ? kUndefined : *found;
}

std::vector<std::string> message_types() {
    std::vector<std::string> types;
    for (const auto& words : kKinds)
        if (types.empty() || types.back() != words.type) types.emplace_back(words.type);
    return types;
}

}  // namespace midinet::control
