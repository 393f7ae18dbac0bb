#include "control/plane/command_sender.hpp"

#include <algorithm>

namespace midinet::control::plane {

void CommandSender::begin(const Command& command, TimePoint now, Duration patience) {
    *this = CommandSender{};
    state_ = State::Asking;
    command_ = command;
    next_ = now;
    deadline_ = now + patience;
    pause_ = kFirstRepeat;
}

void CommandSender::on_message(const Message& message, TimePoint now) {
    if (!outstanding()) return;
    if (const auto* ack = std::get_if<Ack>(&message)) on_ack(*ack, now);
    if (const auto* result = std::get_if<CommandResult>(&message)) on_result(*result);
}

const Command* CommandSender::to_send(TimePoint now) {
    if (!outstanding()) return nullptr;
    if (now >= deadline_) {
        state_ = State::TimedOut;
        return nullptr;
    }
    if (now < next_) return nullptr;
    next_ = now + pause_;
    pause_ = std::min(2 * pause_, kSlowestRepeat);
    ++sent_;
    return &command_;
}

TimePoint CommandSender::next_due() const noexcept {
    return outstanding() ? std::min(next_, deadline_) : kNever;
}

bool CommandSender::may_answer(SenderId from) const noexcept {
    return command_.to.value == 0 || command_.to == from;
}

void CommandSender::on_ack(const Ack& ack, TimePoint now) {
    if (ack.command != command_.id || !may_answer(ack.from) || state_ != State::Asking) return;
    state_ = State::Acknowledged;
    acknowledged_by_ = ack.from;
    command_.to = ack.from;
    pause_ = kSlowestRepeat;
    next_ = now + pause_;
}

void CommandSender::on_result(const CommandResult& result) {
    if (result.command != command_.id || !may_answer(result.from)) return;
    state_ = State::Answered;
    result_ = result;
}

}  // namespace midinet::control::plane
