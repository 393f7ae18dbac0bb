// How pipeline settings travel. Private to message.cpp.
#pragma once

#include "control/plane/archive.hpp"
#include "midi/pipeline_settings.hpp"

#include <array>
#include <type_traits>

namespace midinet::control::plane {

template <>
inline constexpr std::array<std::string_view, 6> kWords<midi::CurveKind> = midi::kCurveWords;

// Each entry of a list as so many bytes.
inline std::array<std::uint8_t, 9> packed(PackedBytes, const midi::ControlRemap& r) noexcept {
    return {r.from_channel, r.from,     r.to_channel,          r.to, r.in_low, r.in_high,
            r.out_low,      r.out_high, std::uint8_t{r.invert}};
}
inline bool unpack(PackedBytes, std::span<const std::uint8_t, 9> b,
                   midi::ControlRemap& r) noexcept {
    r = {b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8] == 1};
    return b[8] <= 1;
}
inline std::array<std::uint8_t, 2> packed(PackedBytes, const midi::CurvePoint& p) noexcept {
    return {p.in, p.out};
}
inline bool unpack(PackedBytes, std::span<const std::uint8_t, 2> b, midi::CurvePoint& p) noexcept {
    p = {b[0], b[1]};
    return true;
}

/// What passes travels as what does not: a missing key means that all does.
template <typename A>
void fields(A& a, typename A::template Of<midi::PipelineSettings>& s) {
    auto blocked_channels = static_cast<std::uint16_t>(~s.channels);
    auto blocked_types = static_cast<std::uint16_t>(midi::kAllTypes & ~s.types);
    bool blocked_sysex = !s.sysex;
    unsigned up = s.transpose > 0 ? static_cast<unsigned>(s.transpose) : 0U;
    unsigned down = s.transpose < 0 ? static_cast<unsigned>(-s.transpose) : 0U;
    a.number("xc", blocked_channels);
    a.number("xt", blocked_types, midi::kAllTypes);
    a.flag("xx", blocked_sysex);
    a.number("up", up, unsigned{midi::kMostTranspose});
    a.number("dn", down, unsigned{midi::kMostTranspose});
    a.blob("cm", s.channel_map);
    a.word("cu", s.velocity.kind);
    a.number("fx", s.velocity.fixed);
    a.packed_list("pt", s.velocity.points);
    a.packed_list("rm", s.remaps);
    if constexpr (!std::is_const_v<std::remove_reference_t<decltype(s)>>) {
        s.channels = static_cast<std::uint16_t>(~blocked_channels);
        s.types = static_cast<std::uint16_t>(midi::kAllTypes & ~blocked_types);
        s.sysex = !blocked_sysex;
        s.transpose = static_cast<std::int8_t>(static_cast<int>(up) - static_cast<int>(down));
        a.require(up == 0 || down == 0);
    }
    a.require(!midi::fault_of(s));
}

}  // namespace midinet::control::plane
