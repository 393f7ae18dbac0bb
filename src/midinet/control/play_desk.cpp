#include "control/play_desk.hpp"

namespace midinet::control {

bool PlayDesk::take(PortIndex port, const plane::PlayedMidi& midi, TimePoint now) {
    auto held = held_;
    midi.for_each([&](const midi::Message& message) {
        if (!message.is_channel_message()) return;
        const Key key{port.value, message.channel(), message.data1()};
        if (message.is_note_on())
            held.insert(key);
        else if (message.is_note_off())
            held.erase(key);
    });
    if (held.size() > kMost) return false;
    held_ = std::move(held);
    until_ = now + kPatience;
    return true;
}

std::optional<PlayDesk::Release> PlayDesk::release(TimePoint now) {
    if (held_.empty() || now < until_) return std::nullopt;
    Release released{.port = {std::get<0>(*held_.begin())}};
    while (!held_.empty()) {
        const auto [port, channel, note] = *held_.begin();
        const auto off = midi::note_off(channel, note);
        if (port != released.port.value || !released.midi.add(off.bytes())) break;
        held_.erase(held_.begin());
    }
    return released;
}

}  // namespace midinet::control
