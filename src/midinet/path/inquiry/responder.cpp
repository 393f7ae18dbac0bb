#include "path/inquiry/responder.hpp"

namespace midinet::path {

bool Responder::take(PortIndex port, const midi::Message& message,
                     const midi::InquiryReplies& known) noexcept {
    if (!midi::is_inquiry(message)) return false;
    const auto& reply = known[port.value];
    if (reply.empty()) {
        ++unanswered_;
        return true;
    }
    auto& answer = answers_[port.value];
    answer = reply;
    const auto asked = message.bytes()[midi::kDeviceIdAt];
    if (asked != midi::kAllCall) answer[midi::kDeviceIdAt] = asked;
    due_ |= static_cast<std::uint16_t>(1U << port.value);
    return true;
}

void Responder::pump(PortWriter& writer, TimePoint now) noexcept {
    for (std::uint8_t p = 0; due_ != 0 && p < kMaxPorts; ++p)
        if ((due_ >> p & 1U) != 0) answer(PortIndex{p}, writer, now);
}

void Responder::answer(PortIndex port, PortWriter& writer, TimePoint now) noexcept {
    const auto wrote = writer.write(port, answers_[port.value].view(), now);
    if (wrote == Wrote::Full) return;
    due_ &= static_cast<std::uint16_t>(~(1U << port.value));
    if (wrote == Wrote::Taken) ++answered_;
}

}  // namespace midinet::path
