// What clients did while a host's loss was rehearsed.
#pragma once

#include "control/plane/roster.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace midinet::admin {

enum class RehearsalOutcome : std::uint8_t {
    Waiting,    ///< it played that host, and has not told yet
    Moved,      ///< it plays another host now
    Untouched,  ///< it played another host, or nobody
    Stayed,     ///< it follows the silent host still
    Gone,       ///< it is not heard any more
};
std::string_view to_string(RehearsalOutcome outcome) noexcept;

struct RehearsedClient {
    std::string name;
    SourceId before{};  ///< whom it played when it began; 0: nobody
    RehearsalOutcome outcome = RehearsalOutcome::Waiting;
    SourceId to{};                           ///< Moved: whom first
    std::optional<std::uint32_t> took_us{};  ///< Moved: the silence, as the client measured it
    std::uint64_t lost = 0;                  ///< events, since it began
    std::uint64_t silences = 0;              ///< likewise
    std::uint64_t lost_before = 0;
    std::uint64_t silences_before = 0;
};

struct Rehearsal {
    HostId host{};
    bool running = true;
    bool armed = false;  ///< the host's rule, when it began
    TimePoint began{};
    std::int64_t began_unix_ms = 0;
    TimePoint ended{};  ///< or is to end
    std::map<SenderId, RehearsedClient> clients;
};

/// Reads it from what hosts and clients say, whoever started it: a host says how long it is still
/// held back, and a client whom it plays, how long its last change took, and what it lost. Pure:
/// time is passed in. Thread: one.
class Rehearsals {
  public:
    static constexpr std::size_t kMost = 10;
    /// A client that says so long that it plays the silent host has stayed.
    static constexpr Duration kStayedAfter = 2500ms;
    /// What clients say for so long after the end still counts.
    static constexpr Duration kSettle = 2500ms;

    /// Some times a second.
    void on_roster(const control::plane::Roster& roster, TimePoint now, std::int64_t unix_ms);
    /// The newest first.
    const std::deque<Rehearsal>& all() const noexcept { return all_; }

  private:
    void begin(const control::plane::Roster::Host& host, TimePoint now, std::int64_t unix_ms);
    Rehearsal* running(HostId host) noexcept;
    using Place = std::deque<Rehearsal>::const_iterator;
    bool counts(const Place& one, TimePoint now) const;

    std::deque<Rehearsal> all_;
    std::map<SenderId, RehearsedClient> before_;  ///< as clients were when looked at last
};

}  // namespace midinet::admin
