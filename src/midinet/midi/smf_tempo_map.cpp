#include "midi/smf_tempo_map.hpp"

#include <algorithm>

namespace midinet::midi {

std::optional<SmfDivision> SmfDivision::from_field(std::uint16_t field) noexcept {
    if (field == 0) return std::nullopt;
    if (field < 0x8000U) return SmfDivision{.ticks = field};
    const std::uint32_t frames =
        0x100U - (field >> 8U);  // the upper byte is the negative frame rate
    const std::uint32_t ticks_per_frame = field & 0xFFU;
    if (ticks_per_frame == 0) return std::nullopt;
    switch (frames) {
        case 24:
        case 25:
        case 30:
            return SmfDivision{frames * ticks_per_frame, 1'000'000, false};
        case 29:  // 30 drop frame: 30 frames last 1.001 s
            return SmfDivision{30 * ticks_per_frame, 1'001'000, false};
        default:
            return std::nullopt;
    }
}

SmfTempoMap::SmfTempoMap(SmfDivision division, std::vector<SmfTempoChange> changes)
    : division_(division),
      max_position_(to_us(kSmfMaxLength) * division.ticks),
      segments_{{0, 0, division.unit_us}} {
    if (!division.follows_tempo) return;
    std::stable_sort(changes.begin(), changes.end(),
                     [](const auto& a, const auto& b) { return a.tick < b.tick; });
    for (const SmfTempoChange& change : changes) {
        const auto start = position(segments_.back(), change.tick);
        if (!start) break;  // beyond the longest song; so is all that follows
        segments_.push_back({change.tick, *start, change.quarter_us});
    }
}

std::optional<std::uint64_t> SmfTempoMap::position(const Segment& segment,
                                                   std::uint64_t tick) const noexcept {
    const std::uint64_t ticks = tick - segment.tick;
    if (ticks > (max_position_ - segment.position) / segment.unit_us) return std::nullopt;
    return segment.position + ticks * segment.unit_us;
}

std::optional<Duration> SmfTempoMap::at(std::uint64_t tick) const noexcept {
    const auto after = std::upper_bound(
        segments_.begin(), segments_.end(), tick,
        [](std::uint64_t wanted, const Segment& segment) { return wanted < segment.tick; });
    const auto where = position(*std::prev(after), tick);
    if (!where) return std::nullopt;
    const std::uint64_t whole_us = *where / division_.ticks;
    const std::uint64_t rest = *where % division_.ticks;
    const std::uint64_t rest_ns = (rest * 1000 + division_.ticks / 2) / division_.ticks;
    return Duration{static_cast<std::int64_t>(whole_us * 1000 + rest_ns)};
}

}  // namespace midinet::midi
