#include "platform/linux/jack_queue.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace midinet::platform {
namespace {

using HeadBytes = std::array<std::uint8_t, sizeof(JackQueue::Head)>;

}  // namespace

std::optional<std::uint32_t> place_in(const JackCycle& cycle, std::uint32_t frame) noexcept {
    const auto at = static_cast<std::int32_t>(frame + cycle.frames - cycle.start);
    if (at < 0) return 0;
    const auto offset = static_cast<std::uint32_t>(at);
    return offset < cycle.frames ? std::optional{offset} : std::nullopt;
}

JackQueue::JackQueue(std::size_t longest)
    : sysex_(std::min(longest, kLongest)), memory_(kRoom), ring_(memory_) {}

io::WriteResult JackQueue::write(std::span<const std::uint8_t> bytes, TimePoint when) noexcept {
    if (bytes.empty()) return io::WriteResult::Taken;
    const auto first = bytes.front();
    if (first >= 0xF8) return push(bytes, when);
    if (first == 0xF0) {
        gathering_ = true;
        gathered_ = 0;
    } else if (first >= 0x80 && first != 0xF7) {
        gathering_ = false;  // any other status ends a SysEx that has no end
        return push(bytes, when);
    }
    if (!gathering_ || bytes.size() > sysex_.size() - gathered_) {
        gathering_ = false;
        return io::WriteResult::Refused;
    }
    std::copy(bytes.begin(), bytes.end(), sysex_.begin() + static_cast<std::ptrdiff_t>(gathered_));
    const auto size = gathered_ + bytes.size();
    if (bytes.back() != 0xF7) {
        gathered_ = size;
        return io::WriteResult::Taken;
    }
    const auto result = push(std::span{sysex_}.first(size), when);
    if (result == io::WriteResult::Taken) gathering_ = false;
    return result;
}

io::WriteResult JackQueue::push(std::span<const std::uint8_t> message, TimePoint when) noexcept {
    const auto head = std::bit_cast<HeadBytes>(Head{.when = when, .size = message.size()});
    return ring_.write(head, message) ? io::WriteResult::Taken : io::WriteResult::Full;
}

const JackQueue::Head* JackQueue::front() noexcept {
    if (has_head_) return &head_;
    HeadBytes bytes{};
    if (!ring_.read(bytes)) return nullptr;
    head_ = std::bit_cast<Head>(bytes);
    has_head_ = true;
    return &head_;
}

void JackQueue::pop(std::span<std::uint8_t> out) noexcept {
    (void)ring_.read(out);
    has_head_ = false;
}

}  // namespace midinet::platform
