// Where commands arrive: each is carried out once, however often it comes.
#pragma once

#include "control/plane/message.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace midinet::control::plane {

/// Remembers the last commands with their results. A copy of one that is being carried out is
/// acknowledged again; of one that is done, answered again from memory. Bounded. Pure. Thread: one.
class CommandDesk {
  public:
    /// A copy that comes after this many newer commands is taken for a new command. At the sender's
    /// pace of repetition none is that late.
    static constexpr std::size_t kMemory = 32;

    enum class Verdict : std::uint8_t {
        Execute,        ///< new: carry it out, and call `finish`
        InProgress,     ///< a copy of one that is being carried out
        Finished,       ///< a copy of one that is done
        NotForUs,       ///< another's to carry out, or taken by another
        TooManyAtOnce,  ///< all of the memory is in progress: not taken; its sender repeats it
    };
    struct Judged {
        Verdict verdict = Verdict::NotForUs;
        /// An Ack or a CommandResult. To the group, so that the other hosts overhear it, and by
        /// unicast to who asked where multicast does not reach.
        std::optional<Message> reply;
    };

    explicit CommandDesk(SenderId own) : own_(own) {}

    /// `decides`: whether a command to nobody in particular is ours, now.
    Judged on_command(const Command& command, bool decides);
    /// Another's Ack or CommandResult on the group: what it took is not ours, also if we decide by
    /// the time that a copy of it comes. Everything else is ignored.
    void overhear(const Message& message) noexcept;
    /// The result of a command that `on_command` said to execute, with its id and our own filled
    /// in: send it. Nothing when that command is not in progress.
    std::optional<CommandResult> finish(const Command& command, CommandResult result);

    std::size_t in_progress() const noexcept;
    std::uint64_t executed() const noexcept { return executed_; }
    std::uint64_t copies() const noexcept { return copies_; }
    std::uint64_t turned_away() const noexcept { return turned_away_; }  ///< TooManyAtOnce

  private:
    struct Entry {
        SenderId asker;
        std::uint64_t id = 0;
        std::optional<CommandResult> result;  ///< nothing while in progress
    };
    Entry* find(const Command& command) noexcept;
    bool is_anothers(std::uint64_t id) const noexcept;
    bool make_room();

    SenderId own_;
    std::vector<Entry> entries_;                     ///< the oldest first; at most kMemory
    std::array<std::uint64_t, kMemory> anothers_{};  ///< ids, 0 none; a ring
    std::size_t next_anothers_ = 0;
    std::uint64_t executed_ = 0;
    std::uint64_t copies_ = 0;
    std::uint64_t turned_away_ = 0;
};

}  // namespace midinet::control::plane
