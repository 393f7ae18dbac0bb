#include "control/plane/command_desk.hpp"

#include <algorithm>

namespace midinet::control::plane {

CommandDesk::Judged CommandDesk::on_command(const Command& command, bool decides) {
    const bool by_name = command.to == own_;
    if (!by_name && command.to.value != 0) return {};
    const Ack ack{command.id, own_};
    if (const Entry* known = find(command)) {
        ++copies_;
        if (known->result) return {Verdict::Finished, *known->result};
        return {Verdict::InProgress, ack};
    }
    if (!by_name && (!decides || is_anothers(command.id))) return {};
    if (!make_room()) {
        ++turned_away_;
        return {Verdict::TooManyAtOnce, std::nullopt};
    }
    entries_.push_back({command.from, command.id, std::nullopt});
    ++executed_;
    return {Verdict::Execute, ack};
}

void CommandDesk::overhear(const Message& message) noexcept {
    std::uint64_t id = 0;
    if (const auto* ack = std::get_if<Ack>(&message)) id = ack->command;
    if (const auto* result = std::get_if<CommandResult>(&message)) id = result->command;
    if (id == 0 || speaker_of(message) == own_ || is_anothers(id)) return;
    anothers_.at(next_anothers_) = id;
    next_anothers_ = (next_anothers_ + 1) % anothers_.size();
}

std::optional<CommandResult> CommandDesk::finish(const Command& command, CommandResult result) {
    Entry* entry = find(command);
    if (entry == nullptr || entry->result) return std::nullopt;
    result.command = command.id;
    result.from = own_;
    entry->result = result;
    return result;
}

std::size_t CommandDesk::in_progress() const noexcept {
    return static_cast<std::size_t>(std::count_if(
        entries_.begin(), entries_.end(), [](const Entry& entry) { return !entry.result; }));
}

CommandDesk::Entry* CommandDesk::find(const Command& command) noexcept {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.id == command.id && entry.asker == command.from;
    });
    return found == entries_.end() ? nullptr : &*found;
}

bool CommandDesk::is_anothers(std::uint64_t id) const noexcept {
    return std::find(anothers_.begin(), anothers_.end(), id) != anothers_.end();
}

/// Forgets the oldest that is done, where needed.
bool CommandDesk::make_room() {
    if (entries_.size() < kMemory) return true;
    const auto oldest_done = std::find_if(entries_.begin(), entries_.end(), [](const Entry& entry) {
        return entry.result.has_value();
    });
    if (oldest_done == entries_.end()) return false;
    entries_.erase(oldest_done);
    return true;
}

}  // namespace midinet::control::plane
