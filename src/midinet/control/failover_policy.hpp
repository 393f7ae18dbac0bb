// Which host a client plays: the decision, and nothing else. docs/failover.md has the timelines.
// Pure: time and beats in, decisions out.
#pragma once

#include "base/fixed_vector.hpp"
#include "control/gap_meter.hpp"
#include "wire/heartbeat.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace midinet::control {

/// What a client knows of its link. The rest of the rules comes with the heartbeats.
struct FailoverOptions {
    /// A source with no other to take over from it is given this long: releasing its notes early
    /// would help nobody.
    Duration lone_patience = 100ms;
    /// For this long after the first source was heard, the preferred one takes over: both hosts
    /// are there, we only heard them in this order.
    Duration settling = 1s;
    /// No host is silent sooner: for links that hold everything back now and then.
    Duration floor{};
    /// Whether gaps observed of late raise the limit (GapMeter), by their length up to
    /// `adaptive_most`, and by a beat where many are lost. A longer gap is an outage, and teaches
    /// nothing.
    bool adaptive = true;
    Duration adaptive_most = 50ms;
};

enum class SwitchReason : std::uint8_t {
    First,      ///< the first host that was heard
    Settled,    ///< the preferred one was heard soon after the first
    Silent,     ///< the one before fell silent
    Goodbye,    ///< the one before left on purpose
    Appointed,  ///< a manual switch
    Returned,   ///< the preferred one lives again (switch_back_policy "auto")
};
const char* to_string(SwitchReason reason) noexcept;

/// Follows the preferred source: the one appointed by hand while it lives, else the lowest id.
/// Leaves it when it falls silent, for the preferred one among the living; goes back only where the
/// policy says so. From a silent mirror to a living one it goes whatever the policy says: they are
/// one performance. Thread: one. RT-safe.
class FailoverPolicy {
  public:
    static constexpr std::size_t kMaxSources = 4;

    struct Decision {
        std::optional<SourceId> play;  ///< the source to play from now on, when it changed
        SwitchReason why = SwitchReason::First;
        std::optional<SourceId> silent;  ///< the active source fell silent: release its notes
    };

    explicit FailoverPolicy(const FailoverOptions& options) : options_(options) {}

    /// A heartbeat of its source's current epoch.
    void on_beat(const wire::Heartbeat& beat, TimePoint now) noexcept;
    /// Anything else of `source` arrived.
    void on_heard(SourceId source, TimePoint now) noexcept;
    /// It said goodbye: silent at once, and for kFarewell nothing that is still on its way brings
    /// it back.
    void on_goodbye(SourceId source) noexcept;
    /// It runs anew: the time since it was last heard is no near miss.
    void on_restart(SourceId source) noexcept;
    /// Call at least once per wake-up; once next_due() has passed, after all sockets were drained.
    /// When it comes more than a beat after the moment a source was to be judged, the stall was our
    /// own, and no source's silence is counted from before it.
    Decision judge(TimePoint now) noexcept;
    /// While somebody is played, soon after a beat is missing: a thread that is not to be woken for
    /// long does not know that it stalls, and would blame the gap on the host.
    TimePoint next_due() const noexcept { return std::min(judge_by_, look_by_); }

    std::optional<SourceId> active() const noexcept { return active_; }
    bool alive(SourceId source, TimePoint now) const noexcept;
    /// The highest appointment heard, whether or not its source lives.
    const wire::Appointment& appointment() const noexcept { return appointment_; }
    /// The rules in force: those of the active host's last beat.
    const wire::FailoverPolicy& rules() const noexcept;
    /// How long `source` may be silent; zero when it was never heard.
    Duration limit(SourceId source) const noexcept;
    /// Nothing when it was never heard.
    const Histogram* gaps(SourceId source) const noexcept;

  private:
    static constexpr Duration kFarewell = 50ms;
    struct Heard {
        SourceId source;
        TimePoint last;
        TimePoint alive_since;
        Duration interval = wire::kHeartbeatInterval;
        wire::FailoverPolicy rules;
        GapMeter meter;
        bool beaten = false;  ///< it has said what it is
        bool mirror = false;
        bool idle = false;  ///< a relay without a device of its own: nothing to play
        bool gone = false;
    };
    Heard* find(SourceId source) noexcept;
    const Heard* find(SourceId source) const noexcept;
    Heard* hear(SourceId source, TimePoint now) noexcept;
    Duration limit_of(const Heard& heard) const noexcept;
    bool is_alive(const Heard& heard, TimePoint now) const noexcept;
    bool is_witness(const Heard& other, const Heard& active, TimePoint now) const noexcept;
    bool awaits_stranger(TimePoint now) const noexcept;
    const Heard* preferred(TimePoint now) const noexcept;
    const Heard* successor(const Heard* active, TimePoint now, SwitchReason& why) noexcept;
    void forgive_stall(TimePoint now) noexcept;
    void plan() noexcept;

    FailoverOptions options_;
    FixedVector<Heard, kMaxSources> heard_;
    std::optional<SourceId> active_;
    wire::Appointment appointment_;
    std::uint32_t obeyed_term_ = 0;
    bool active_silent_ = false;
    TimePoint settled_at_ = kNever;
    TimePoint judged_at_{};
    TimePoint judge_by_ = kNever;  ///< when the last judge() wanted to judge again
    TimePoint look_by_ = kNever;   ///< when it wanted to be called, to see whether we stall
};

}  // namespace midinet::control
