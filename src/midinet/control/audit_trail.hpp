// Who asked for a switch, when, and what came of it.
#pragma once

#include "base/time.hpp"
#include "base/types.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace midinet::control {

/// The way a request came in. Client: nobody asked, clients changed by themselves.
enum class SwitchOrigin : std::uint8_t { Command, MidiNote, Osc, Api, Dashboard, Client };

enum class SwitchOutcome : std::uint8_t { Accepted, Refused, NeedsConfirmation };

/// "midi_note", "needs_confirmation": as logs and interfaces spell them.
std::string_view to_string(SwitchOrigin origin) noexcept;
std::string_view to_string(SwitchOutcome outcome) noexcept;

/// One attempt.
struct AuditRecord {
    std::uint64_t sequence = 0;  ///< from 1, without gaps
    std::int64_t unix_ms = 0;    ///< wall clock, as it was then; may jump
    TimePoint at{};              ///< monotonic, of this process
    SwitchOrigin origin = SwitchOrigin::Command;
    std::string who;  ///< an address, a user, a device; at most kMaxAuditText bytes
    /// The host that was meant: the one chosen where the best standby was asked for; 0 when none
    /// could be.
    SourceId target{};
    SwitchOutcome outcome = SwitchOutcome::Refused;
    std::string why;         ///< a sentence; at most kMaxAuditText bytes
    std::uint8_t input = 0;  ///< of the host's pair, 1 or 2: it was not about hosts; else 0
    /// The target's loss was rehearsed for so long, or was to be; zero: that was to end; nothing:
    /// it was not about that.
    std::optional<Duration> held{};
    friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

/// Whatever comes from the network, a record stays this small.
inline constexpr std::size_t kMaxAuditText = 512;

/// Cut to kMaxAuditText bytes, never inside a UTF-8 character.
std::string audit_text(std::string_view text);

/// One JSON object without a line end, for a log file. Bytes that are not UTF-8 become U+FFFD.
/// Keys: sequence, unix_ms, monotonic_ns, origin, who, target, outcome, why; input
/// where it was about one; held_ms of a rehearsal.
std::string to_json_line(const AuditRecord& record);

/// The last attempts, bounded. Thread: control.
class AuditTrail {
  public:
    static constexpr std::size_t kCapacity = 64;

    /// Numbers the record and keeps it; the oldest one makes room.
    const AuditRecord& add(AuditRecord record);

    std::size_t size() const noexcept {
        return static_cast<std::size_t>(std::min<std::uint64_t>(written_, kCapacity));
    }
    /// 0 is the newest. Precondition: age < size(). Lifetime: until kCapacity - age more are added.
    const AuditRecord& newest(std::size_t age = 0) const noexcept {
        return records_[static_cast<std::size_t>((written_ - 1 - age) % kCapacity)];
    }
    /// Newest first.
    template <typename Fn>
    void for_each(Fn&& fn) const {
        for (std::size_t age = 0; age < size(); ++age) fn(newest(age));
    }

  private:
    std::array<AuditRecord, kCapacity> records_;
    std::uint64_t written_ = 0;
};

}  // namespace midinet::control
