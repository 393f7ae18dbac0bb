// Gets one command to whom it is for, and its result back, over a network that loses.
#pragma once

#include "base/time.hpp"
#include "control/plane/message.hpp"

#include <optional>

namespace midinet::control::plane {

/// One command at a time. It is repeated until somebody acknowledges it, faster at first; then, at
/// the slowest pace, until the result is there: it may have been lost, and the desk keeps it. Once
/// acknowledged, repetitions of a command for "whichever host decides" go to the one that did: by
/// then another may decide. Pure: the caller sends and tells the time. Thread: one.
class CommandSender {
  public:
    static constexpr Duration kFirstRepeat = 20ms;
    static constexpr Duration kSlowestRepeat = 200ms;
    /// Longer than a decision takes: the longest lockout is refused at once, not waited for.
    static constexpr Duration kPatience = 5s;

    enum class State : std::uint8_t {
        Idle,          ///< nothing was asked yet
        Asking,        ///< not acknowledged
        Acknowledged,  ///< being carried out
        Answered,      ///< `result()` is there
        TimedOut,      ///< whether it was carried out is not known
    };

    /// Forgets what was before, finished or not: one is outstanding at a time. Precondition: a
    /// random id, never used before.
    void begin(const Command& command, TimePoint now, Duration patience = kPatience);
    /// Takes acknowledgements and results of the outstanding command; ignores everything else.
    void on_message(const Message& message, TimePoint now);
    /// What is to be sent now; nothing before `next_due`, and nothing once the patience is over,
    /// which it notices. Lifetime: until the next call.
    const Command* to_send(TimePoint now);
    /// When `to_send` wants to be called; kNever when nothing is outstanding.
    TimePoint next_due() const noexcept;

    State state() const noexcept { return state_; }
    bool outstanding() const noexcept {
        return state_ == State::Asking || state_ == State::Acknowledged;
    }
    /// Who has it; 0 while nobody acknowledged.
    SenderId acknowledged_by() const noexcept { return acknowledged_by_; }
    const std::optional<CommandResult>& result() const noexcept { return result_; }
    std::uint64_t sent() const noexcept { return sent_; }  ///< copies of this command

  private:
    bool may_answer(SenderId from) const noexcept;
    void on_ack(const Ack& ack, TimePoint now);
    void on_result(const CommandResult& result);

    State state_ = State::Idle;
    Command command_;
    SenderId acknowledged_by_;
    TimePoint next_;
    TimePoint deadline_;
    Duration pause_{};
    std::uint64_t sent_ = 0;
    std::optional<CommandResult> result_;
};

}  // namespace midinet::control::plane
