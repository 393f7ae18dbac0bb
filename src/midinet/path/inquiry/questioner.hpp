// A host asks its device who it is.
#pragma once

#include "base/time.hpp"
#include "base/types.hpp"
#include "midi/inquiry.hpp"

namespace midinet::path {

/// Asks every output port of a device by Universal Device Inquiry, up to kTries times, and takes
/// the replies out of what the device plays: no application asked. A port that answers is not
/// asked again. A reply that nobody waits for any more is music, like any other SysEx. Nothing is
/// ever held back: what a SysEx is shows in its first piece. Thread: the engine's. RT-safe.
class Questioner {
  public:
    static constexpr unsigned kTries = 3;
    /// How long a reply is waited for; then the question is asked again.
    static constexpr Duration kPatience = 1s;
    /// So soon a port that cannot be written to now is tried again.
    static constexpr Duration kRetry = 10ms;

    /// A device was opened, its outputs too: its ports are asked from now on.
    /// Precondition: ports <= kMaxPorts.
    void begin(std::size_t ports, TimePoint now) noexcept;
    /// The device, or its outputs, are gone. A reply that is cut off by that is forgotten.
    void stop() noexcept;

    /// Asks what there is to be asked: `ask(port)` writes kInquiry and tells whether it could. True
    /// once a device, when all ports have answered or were asked often enough.
    template <typename Ask>
    bool on_timer(TimePoint now, Ask ask) noexcept {
        if (now < next_ask_) return false;
        if (next_port_ == ports_ && !begin_round()) return true;
        for (; next_port_ < ports_; ++next_port_) {
            if (!replies_[next_port_].empty()) continue;
            if (!ask(PortIndex{next_port_})) {
                next_ask_ = now + kRetry;
                return false;
            }
            asked_ = now;
        }
        next_ask_ = asked_ + kPatience;
        return false;
    }
    TimePoint next_due() const noexcept { return next_ask_; }

    /// True when the device's message is a reply that was waited for: it must not go on.
    bool take(PortIndex port, const midi::Message& message, TimePoint now) noexcept;
    /// The same, for a piece of a SysEx that is longer than a Message.
    bool take_piece(PortIndex port, std::span<const std::uint8_t> bytes, bool first, bool last,
                    TimePoint now) noexcept;
    /// That SysEx was cut off. True when it was a reply.
    bool take_aborted(PortIndex port) noexcept;

    /// Whether any port has answered with something that is kept.
    bool has_answer() const noexcept;
    /// Gives every new reply to `tell(port, reply)`, again when that returns false.
    template <typename Tell>
    void tell_news(Tell tell) noexcept {
        for (std::uint8_t p = 0; news_ != 0 && p < kMaxPorts; ++p)
            if ((news_ >> p & 1U) != 0 && tell(PortIndex{p}, replies_[p]))
                news_ &= static_cast<std::uint16_t>(~(1U << p));
    }

  private:
    bool begin_round() noexcept;
    bool awaits(TimePoint now) const noexcept { return asking_ && now - asked_ < kPatience; }
    void keep(PortIndex port, const midi::InquiryReply& reply) noexcept;

    midi::InquiryReplies replies_{};
    midi::InquiryReplies pieces_{};  ///< of replies that come in pieces
    std::uint16_t in_pieces_ = 0;    ///< a bit a port: such a reply is coming
    std::uint16_t news_ = 0;         ///< a bit a port: its reply was not told yet
    std::uint8_t ports_ = 0;
    std::uint8_t next_port_ = 0;
    unsigned round_ = 0;
    bool asking_ = false;  ///< a question was asked of the device at hand
    TimePoint asked_{};    ///< the last question
    TimePoint next_ask_ = kNever;
};

static_assert(kMaxPorts <= 16, "a bit a port");

}  // namespace midinet::path
