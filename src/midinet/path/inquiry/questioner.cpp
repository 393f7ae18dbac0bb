#include "path/inquiry/questioner.hpp"

namespace midinet::path {
namespace {

constexpr std::uint16_t bit(PortIndex port) noexcept {
    return static_cast<std::uint16_t>(1U << port.value);
}

}  // namespace

void Questioner::begin(std::size_t ports, TimePoint now) noexcept {
    stop();
    ports_ = static_cast<std::uint8_t>(ports);
    next_port_ = ports_;
    next_ask_ = now;
}

void Questioner::stop() noexcept {
    for (auto& reply : replies_) reply.clear();
    in_pieces_ = 0;
    news_ = 0;
    ports_ = 0;
    next_port_ = 0;
    round_ = 0;
    asking_ = false;
    next_ask_ = kNever;
}

/// False: there is none, and nothing to be asked any more.
bool Questioner::begin_round() noexcept {
    const auto asked = std::span{replies_}.first(ports_);
    const bool all = std::none_of(asked.begin(), asked.end(), [](auto& r) { return r.empty(); });
    if (all || round_ == kTries) {
        next_ask_ = kNever;
        return false;
    }
    ++round_;
    next_port_ = 0;
    asking_ = true;
    return true;
}

bool Questioner::has_answer() const noexcept {
    return std::any_of(replies_.begin(), replies_.end(), [](auto& r) { return !r.empty(); });
}

void Questioner::keep(PortIndex port, const midi::InquiryReply& reply) noexcept {
    if (!midi::is_inquiry_reply(reply.view())) return;
    replies_[port.value] = reply;
    news_ |= bit(port);
}

bool Questioner::take(PortIndex port, const midi::Message& message, TimePoint now) noexcept {
    if (!midi::begins_inquiry_reply(message.bytes()) || !awaits(now)) return false;
    midi::InquiryReply reply;
    for (const auto byte : message.bytes()) (void)reply.push_back(byte);
    keep(port, reply);
    return true;
}

bool Questioner::take_piece(PortIndex port, std::span<const std::uint8_t> bytes, bool first,
                            bool last, TimePoint now) noexcept {
    if (first) {
        if (!midi::begins_inquiry_reply(bytes) || !awaits(now)) return false;
        in_pieces_ |= bit(port);
        pieces_[port.value].clear();
    }
    if ((in_pieces_ & bit(port)) == 0) return false;
    auto& reply = pieces_[port.value];
    bool fits = true;
    for (const auto byte : bytes) fits = reply.push_back(byte) && fits;
    if (!last) return true;
    if (fits) keep(port, reply);  // else it does not end with F7
    in_pieces_ &= static_cast<std::uint16_t>(~bit(port));
    return true;
}

bool Questioner::take_aborted(PortIndex port) noexcept {
    const bool ours = (in_pieces_ & bit(port)) != 0;
    in_pieces_ &= static_cast<std::uint16_t>(~bit(port));
    return ours;
}

}  // namespace midinet::path
