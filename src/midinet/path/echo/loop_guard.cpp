#include "path/echo/loop_guard.hpp"

#include "base/random.hpp"

#include <algorithm>

namespace midinet::path {
namespace {

constexpr unsigned kPortShift = 24;
constexpr unsigned kStatusShift = 16;
constexpr unsigned kDataShift = 8;

}  // namespace

std::uint32_t LoopGuard::key_of(PortIndex port, const midi::Message& message) noexcept {
    const auto bytes = message.bytes();
    if (bytes.empty() || !midi::is_channel(bytes[0])) return 0;
    std::uint32_t status = bytes[0];
    const std::uint32_t first = bytes.size() > 1 ? bytes[1] : 0;
    std::uint32_t second = bytes.size() > 2 ? bytes[2] : 0;
    if ((status & 0xF0U) == 0x90U && second == 0) status &= ~std::uint32_t{0x10};
    if ((status & 0xF0U) == 0x80U) second = 0;
    return (std::uint32_t{port.value} << kPortShift) | (status << kStatusShift) |
           (first << kDataShift) | second;
}

bool LoopGuard::is_value(std::uint32_t key) noexcept {
    return ((key >> kStatusShift) & 0xF0U) >= 0xA0U;
}

LoopGuard::Turn& LoopGuard::turn_of(std::uint32_t key) noexcept {
    return turns_[Random::mix(key) % kTurns];
}

void LoopGuard::on_played(PortIndex port, const midi::Message& message, TimePoint now) noexcept {
    const auto key = key_of(port, message);
    if (key == 0) return;
    auto& turn = turn_of(key);
    // One that goes round keeps its place until it was cut: then the next one is watched.
    if (turn.key != key && turn.key != 0 && !turn.is_over(now)) return add_value(key, now);
    if (turn.key != key) turn = {.key = key, .returned = now - 2 * kTurn};
    if (now - turn.returned <= kTurn)
        ++turn.pending;
    else
        turn.turns = turn.pending = 0;
    turn.played = now;
    add_value(key, now);
}

bool LoopGuard::on_returned(PortIndex port, const midi::Message& message, TimePoint now) noexcept {
    const auto key = key_of(port, message);
    if (key == 0) return true;
    match_value(key, now);
    auto& turn = turn_of(key);
    if (turn.key != key || now - turn.played > kTurn) return true;
    if (turn.pending > 0) {
        --turn.pending;
        ++turn.turns;
    }
    if (turn.turns >= kMostTurns) {
        ++counters_.cut;
        return false;
    }
    turn.returned = now;
    return true;
}

void LoopGuard::add_value(std::uint32_t key, TimePoint now) noexcept {
    if (!is_value(key)) return;
    if (added_ - flood_from_ == kFlood) {
        if (came_back_ >= kEchoed && now - values_[flood_from_ % kFlood].at <= kFloodTakes)
            ++counters_.echoes;
        flood_from_ = added_;
        came_back_ = 0;
    }
    values_[added_++ % kFlood] = {key, now};
}

/// In order: what was passed over does not come back any more.
void LoopGuard::match_value(std::uint32_t key, TimePoint now) noexcept {
    if (!is_value(key)) return;
    sought_ = std::max(sought_, added_ > kFlood ? added_ - kFlood : 0);
    for (auto i = sought_; i < added_; ++i) {
        const auto& value = values_[i % kFlood];
        if (value.key != key || now - value.at > kEcho) continue;
        sought_ = i + 1;
        if (i >= flood_from_) ++came_back_;
        return;
    }
}

}  // namespace midinet::path
