#include "platform/windows/te_feedback.hpp"

#include <algorithm>
#include <bit>

namespace midinet::platform {
namespace {

struct Head {
    std::uint32_t port;
    std::uint32_t size;
};
using HeadBytes = std::array<std::uint8_t, sizeof(Head)>;

}  // namespace

TeFeedback::TeFeedback(OwnedHandle event, const io::DeviceInfo& info)
    : event_(std::move(event)),
      info_(info),
      handles_{to_io(event_.get())},
      memory_(kRoom),
      ring_(memory_) {}

void TeFeedback::push(PortIndex port, std::span<const std::uint8_t> message) noexcept {
    const Head head{.port = port.value, .size = static_cast<std::uint32_t>(message.size())};
    {
        const std::lock_guard lock(writers_);
        (void)ring_.write(std::bit_cast<HeadBytes>(head), message);
    }
    ::SetEvent(event_.get());
}

void TeFeedback::lose() noexcept {
    lost_.store(true, std::memory_order_release);
    ::SetEvent(event_.get());
}

bool TeFeedback::take_head() noexcept {
    HeadBytes bytes{};
    if (!ring_.read(bytes)) {
        // In this order: what is pushed after the look sets the event again.
        ::ResetEvent(event_.get());
        if (!ring_.read(bytes)) return false;
    }
    const auto head = std::bit_cast<Head>(bytes);
    port_ = {static_cast<std::uint8_t>(head.port)};
    rest_ = head.size;
    return true;
}

io::SourceRead TeFeedback::read(std::span<std::uint8_t> buffer, TimePoint now) noexcept {
    using What = io::SourceRead::What;
    if (lost()) return {.what = What::Lost, .size = 0, .port = {}, .stamp = now};
    if (rest_ == 0 && !take_head()) return {};
    const auto size = std::min<std::size_t>(rest_, buffer.size());
    (void)ring_.read(buffer.first(size));  // a message and its head were written in one
    rest_ -= static_cast<std::uint32_t>(size);
    return {.what = What::Bytes, .size = size, .port = port_, .stamp = now};
}

}  // namespace midinet::platform
