#include "path/pipeline/held_pedals.hpp"

namespace midinet::path {

unsigned HeldPedals::index_of(Place to) noexcept {
    unsigned pedal = 0;
    while (pedal + 1 < kPedals.size() && kPedals[pedal] != to.number) ++pedal;
    return to.channel * static_cast<unsigned>(kPedals.size()) + pedal;
}

std::optional<Place> HeldPedals::find(Place in) const noexcept {
    const unsigned index = in_[in.channel][in.number];
    if (index == kNone) return std::nullopt;
    return Place{static_cast<std::uint8_t>(index / kPedals.size()),
                 kPedals[index % kPedals.size()]};
}

void HeldPedals::press(Place in, Place to) noexcept {
    auto& held = in_[in.channel][in.number];
    if (held != kNone) return;
    held = static_cast<std::uint8_t>(index_of(to));
    ++holders_[held];
    ++size_;
}

bool HeldPedals::let_go(Place in) noexcept {
    auto& held = in_[in.channel][in.number];
    if (held == kNone) return false;
    const unsigned index = held;
    held = kNone;
    --size_;
    return --holders_[index] == 0;
}

void HeldPedals::clear_all() noexcept {
    for (auto& channel : in_) channel.fill(kNone);
    holders_.fill(0);
    size_ = 0;
}

}  // namespace midinet::path
