#include "control/play_desk.hpp"

#include <algorithm>

namespace midinet::control {

std::size_t PlayDesk::held_by_others(std::string_view player) const {
    std::size_t held = 0;
    for (const auto& [name, other] : players_)
        if (name != player) held += other.held.size();
    return held;
}

bool PlayDesk::take(std::string_view player, PortIndex port, const plane::PlayedMidi& midi,
                    TimePoint now) {
    const auto known = players_.find(player);
    Player playing{known != players_.end() ? known->second.held : std::set<Key>{}, now + kPatience};
    midi.for_each([&](const midi::Message& message) {
        if (!message.is_channel_message()) return;
        const Key key{port.value, message.channel(), message.data1()};
        if (message.is_note_on())
            playing.held.insert(key);
        else if (message.is_note_off())
            playing.held.erase(key);
    });
    if (playing.held.size() + held_by_others(player) > kMost) return false;
    if (!playing.held.empty())
        players_.insert_or_assign(std::string(player), std::move(playing));
    else if (known != players_.end())
        players_.erase(known);
    return true;
}

std::optional<PlayDesk::Release> PlayDesk::release(TimePoint now) {
    const auto due = std::find_if(players_.begin(), players_.end(),
                                  [now](const auto& one) { return now >= one.second.until; });
    if (due == players_.end()) return std::nullopt;
    auto& held = due->second.held;
    Release released{.port = {std::get<0>(*held.begin())}};
    while (!held.empty()) {
        const auto [port, channel, note] = *held.begin();
        const auto off = midi::note_off(channel, note);
        if (port != released.port.value || !released.midi.add(off.bytes())) break;
        held.erase(held.begin());
    }
    if (held.empty()) players_.erase(due);
    return released;
}

TimePoint PlayDesk::next_due() const noexcept {
    TimePoint due = kNever;
    for (const auto& [name, player] : players_) due = std::min(due, player.until);
    return due;
}

}  // namespace midinet::control
