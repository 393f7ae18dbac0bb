#include "path/lights/light_queue.hpp"

namespace midinet::path {

LightQueue::LightQueue(PortWriter& port)
    : port_(port), ring_(kDepth), place_(std::size_t{kMaxPorts} * kLightsPerPort) {}

namespace {

/// What a controller does by its place among the others: data entry and parameter numbers, which
/// mean something together only, and channel mode, which changes other lights.
constexpr bool depends_on_order(std::uint8_t controller) noexcept {
    return controller == 6 || controller == 38 || (controller >= 96 && controller <= 101) ||
           controller >= 120;
}

}  // namespace

/// Which light a message sets. A note-off and a note-on of one note set the same.
std::uint32_t LightQueue::light_of(PortIndex port, const midi::Message& message) noexcept {
    if (!message.is_channel_message()) return kNoLight;
    const std::uint32_t base = port.value * kLightsPerPort + message.channel() * kLightsPerChannel;
    switch (message.kind()) {
        case midi::Kind::NoteOff:
        case midi::Kind::NoteOn:
            return base + message.data1();
        case midi::Kind::ControlChange:
            if (depends_on_order(message.data1())) return kNoLight;
            return base + 128U + message.data1();
        case midi::Kind::PolyPressure:
            return base + 256U + message.data1();
        case midi::Kind::ChannelPressure:
            return base + 384U;
        case midi::Kind::PitchBend:
            return base + 385U;
        default:
            return kNoLight;
    }
}

bool LightQueue::replace(std::uint32_t light, const midi::Message& message) noexcept {
    if (light == kNoLight || place_[light] == 0) return false;
    const std::uint32_t where = place_[light] - 1;
    // A place is believed only while what waits there is that light, behind the barrier.
    if (where - first_ >= end_ - first_ || where - first_ < barrier_ - first_) return false;
    auto& waiting = at(where);
    if (light_of(waiting.port, waiting.message) != light) return false;
    waiting.message = message;
    ++coalesced_;
    return true;
}

Wrote LightQueue::write(PortIndex port, std::span<const std::uint8_t> bytes,
                        TimePoint when) noexcept {
    if (empty()) {
        const auto wrote = port_.write(port, bytes, when);
        if (wrote != Wrote::Full) return wrote;
    }
    const bool whole = bytes.size() <= midi::Message::kMaxInline &&
                       midi::is_status(bytes.front()) &&
                       (bytes.front() != 0xF0 || bytes.back() == 0xF7);
    if (!whole) return Wrote::Full;
    const midi::Message message(bytes);
    const auto light = light_of(port, message);
    if (replace(light, message)) return Wrote::Taken;
    if (end_ - first_ == kDepth) return Wrote::Full;
    at(end_) = {.message = message, .when = when, .port = port};
    if (light == kNoLight)
        barrier_ = end_ + 1;
    else
        place_[light] = end_ + 1;
    ++end_;
    return Wrote::Taken;
}

void LightQueue::pump() noexcept {
    for (; first_ != end_; ++first_) {
        const auto& oldest = at(first_);
        const auto wrote = port_.write(oldest.port, oldest.message.bytes(), oldest.when);
        if (wrote == Wrote::Full) break;
        if (wrote == Wrote::Lost) return clear();
    }
    if (barrier_ - first_ > end_ - first_) barrier_ = first_;
}

void LightQueue::clear() noexcept { first_ = barrier_ = end_; }

}  // namespace midinet::path
