// Whether a switch that somebody asks for may happen: the one policy in front of every trigger.
#pragma once

#include "base/time.hpp"
#include "base/types.hpp"
#include "control/audit_trail.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace midinet::control {

enum class Confirmation : std::uint8_t {
    Immediate,  ///< the first request switches
    Confirm,    ///< a second one for the same host, within kConfirmWithin, switches
};

struct SwitchGateConfig {
    Duration lockout = 5s;  ///< 0 = none
    Confirmation confirmation = Confirmation::Immediate;
    friend bool operator==(const SwitchGateConfig&, const SwitchGateConfig&) = default;
};

/// "Switch to that host."
struct SwitchRequest {
    SwitchOrigin origin = SwitchOrigin::Command;
    std::string who;       ///< for the audit: address, user, device
    SourceId target{};     ///< 0 = the best standby
    bool guard_ok = true;  ///< false: a guard is configured and was not held
    /// Another device of this host was switched: confirmed there, and passed on from there.
    bool follows = false;
};

/// What is known of a host at the moment of a request.
struct HostView {
    SourceId source{};
    bool alive = false;
    std::uint8_t health = 100;  ///< Range: 0..100
    std::string health_reason;  ///< why it is below 100; may be empty
    bool device_present = false;
    bool is_active = false;  ///< the one that is played
    bool twin = false;       ///< another box says it is that host too
    bool held = false;       ///< its loss is rehearsed
};

/// "Send nothing for a while, as if you were lost."
struct RehearsalRequest {
    std::string who;     ///< for the audit
    SourceId source{};   ///< of which host
    Duration hold{};     ///< for so long; zero: it ends
    bool force = false;  ///< also if nobody could take over
    bool armed = false;  ///< clients leave a silent host by themselves
    Duration held{};     ///< it is held already, for so long
};

/// When a request came, on both clocks.
struct SwitchMoment {
    TimePoint now{};
    std::int64_t unix_ms = 0;
};

struct SwitchVerdict {
    SwitchOutcome outcome = SwitchOutcome::Refused;
    SourceId target{};         ///< Accepted and NeedsConfirmation: never 0
    std::string reason;        ///< a sentence for a person; never empty
    TimePoint until = kNever;  ///< NeedsConfirmation: the last moment of the second request
    friend bool operator==(const SwitchVerdict&, const SwitchVerdict&) = default;
};

/// Every trigger asks here, so none can do what another may not, and every attempt leaves one audit
/// record, whatever comes of it. Pure: time and hosts are passed in; `now` does not go back. It
/// does not switch: the caller does, on Accepted. Thread: control.
///
/// In this order a request is refused: without its guard; within the lockout; when its target is
/// unknown, already active, dead, one of two with the same id, or not healthy (health below
/// kLowestHealth, or no MIDI device). The best standby is the living, healthy host of the lowest id
/// that is not active.
///
/// Confirmation: the second request may come from anywhere, another origin too, for two people who
/// press at once mean the same; it counts when it would lead to the same host. A refused request
/// neither arms nor disarms. An accepted one, and any switch, disarms. A trigger that sends one
/// press twice confirms itself: take duplicates out before (commands carry an id).
class SwitchGate {
  public:
    static constexpr std::uint8_t kLowestHealth = 50;
    static constexpr Duration kConfirmWithin = 2s;

    explicit SwitchGate(const SwitchGateConfig& config = {}) noexcept : config_(config) {}

    /// Takes effect with the next request; a lockout that runs is measured anew with the new
    /// length.
    void configure(const SwitchGateConfig& config) noexcept;

    SwitchVerdict request(const SwitchRequest& request, std::span<const HostView> hosts,
                          SwitchMoment moment);

    /// A rehearsal. Refused, unless forced, where the music would stop: the host is the active one,
    /// and no other could take over, or clients do not leave it by themselves. Refused too: a host
    /// that is held already; an end where there is none. The lockout is none of it, for clients
    /// leave a silent host within it too. Gives Accepted or Refused. Audited.
    SwitchVerdict rehearse(const RehearsalRequest& request, std::span<const HostView> hosts,
                           SwitchMoment moment);

    /// An accepted request was carried out: the lockout begins (again).
    void on_switch(TimePoint now) noexcept;
    /// The same for a switch that nobody here was asked for; `record` tells of it, and is kept.
    void on_switch(AuditRecord record);
    /// Keeps a decision that is none of the gate's.
    void note(AuditRecord record) { audit_.add(std::move(record)); }

    /// Zero when one may switch.
    Duration lockout_left(TimePoint now) const noexcept;

    const AuditTrail& audit() const noexcept { return audit_; }

  private:
    struct Armed {
        SourceId target{};
        TimePoint until{};
    };
    SwitchVerdict judge(const SwitchRequest& request, std::span<const HostView> hosts,
                        TimePoint now);
    SwitchVerdict confirm(SourceId target, TimePoint now);
    static SwitchVerdict judge(const RehearsalRequest& request, std::span<const HostView> hosts);

    SwitchGateConfig config_;
    std::optional<TimePoint> last_switch_;
    std::optional<Armed> armed_;
    AuditTrail audit_;
};

}  // namespace midinet::control
