#include "control/failover_policy.hpp"

#include <algorithm>

namespace midinet::control {
namespace {

/// The last beat that may be missed is given a quarter of an interval to arrive: the network, two
/// schedulers, and the events that it makes way for stand between it and us.
constexpr Duration grace(Duration interval) noexcept { return interval / 4; }

template <typename List>
auto find_in(List& heard, SourceId source) noexcept -> decltype(heard.begin()) {
    for (auto& one : heard)
        if (one.source == source) return &one;
    return nullptr;
}

/// Nobody is returned to before it has lived this long, whatever the lockout.
constexpr Duration kLeastReturn = 1s;

}  // namespace

const char* to_string(SwitchReason reason) noexcept {
    switch (reason) {
        case SwitchReason::First:
            return "first heard";
        case SwitchReason::Settled:
            return "preferred";
        case SwitchReason::Silent:
            return "the one before fell silent";
        case SwitchReason::Goodbye:
            return "the one before left";
        case SwitchReason::Appointed:
            return "switched by hand";
        case SwitchReason::Returned:
            return "preferred, and back";
    }
    return "";
}

FailoverPolicy::Heard* FailoverPolicy::find(SourceId source) noexcept {
    return find_in(heard_, source);
}

const FailoverPolicy::Heard* FailoverPolicy::find(SourceId source) const noexcept {
    return find_in(heard_, source);
}

/// The place of `source`, as heard now. Nothing: no room, or it said goodbye a moment ago.
FailoverPolicy::Heard* FailoverPolicy::hear(SourceId source, TimePoint now) noexcept {
    Heard* heard = find(source);
    if (heard == nullptr) {
        if (heard_.full()) {  // the one silent for longest makes room
            auto* oldest =
                std::min_element(heard_.begin(), heard_.end(),
                                 [](const Heard& a, const Heard& b) { return a.last < b.last; });
            if (oldest->source == active_) return nullptr;
            heard_.swap_remove(static_cast<std::size_t>(oldest - heard_.begin()));
        }
        heard_.push_back({.source = source, .last = now, .alive_since = now});
        heard = &heard_.back();
        if (settled_at_ == kNever) settled_at_ = now + options_.settling;
    }
    if (heard->gone && now - heard->last < kFarewell) return nullptr;
    if (!is_alive(*heard, now)) {
        heard->alive_since = now;
        if (heard->gone || now - heard->last > options_.adaptive_most) heard->meter.interrupt();
    }
    heard->gone = false;
    heard->last = std::max(heard->last, now);
    return heard;
}

void FailoverPolicy::on_heard(SourceId source, TimePoint now) noexcept { (void)hear(source, now); }

void FailoverPolicy::on_beat(const wire::Heartbeat& beat, TimePoint now) noexcept {
    Heard* heard = hear(beat.source, now);
    if (heard == nullptr) return;
    heard->beaten = true;
    heard->interval = std::chrono::microseconds{beat.interval_us};
    heard->rules = beat.failover;
    heard->mirror = beat.role == wire::Role::Mirror;
    const bool ours = look_by_ != kNever && now - look_by_ > heard->interval / 2;
    heard->meter.on_heard(now, ours);
    heard->idle =
        beat.role == wire::Role::Relay && (beat.flags & wire::heartbeat_flags::kDevicePresent) == 0;
    if (beat.appointment.overrules(appointment_)) appointment_ = beat.appointment;
}

void FailoverPolicy::on_goodbye(SourceId source) noexcept {
    if (auto* heard = find(source)) heard->gone = true;
}

void FailoverPolicy::on_restart(SourceId source) noexcept {
    if (auto* heard = find(source)) heard->meter.interrupt();
}

Duration FailoverPolicy::limit_of(const Heard& heard) const noexcept {
    // Where beats get lost all the time, two in a row and a little delay are no death.
    const bool loses = options_.adaptive && heard.meter.often(heard.interval * 19 / 10);
    const auto misses = heard.rules.misses + (loses ? 1 : 0);
    const Duration beats = heard.interval * misses + grace(heard.interval);
    const Duration margin =
        options_.adaptive ? std::min(heard.meter.margin(), options_.adaptive_most) : Duration{};
    return std::max({beats, options_.floor, margin});
}

bool FailoverPolicy::is_alive(const Heard& heard, TimePoint now) const noexcept {
    return !heard.gone && now - heard.last <= limit_of(heard);
}

bool FailoverPolicy::alive(SourceId source, TimePoint now) const noexcept {
    const auto* heard = find(source);
    return heard != nullptr && is_alive(*heard, now);
}

Duration FailoverPolicy::limit(SourceId source) const noexcept {
    const auto* heard = find(source);
    return heard != nullptr ? limit_of(*heard) : Duration{};
}

const Histogram* FailoverPolicy::gaps(SourceId source) const noexcept {
    const auto* heard = find(source);
    return heard != nullptr ? &heard->meter.gaps() : nullptr;
}

const wire::FailoverPolicy& FailoverPolicy::rules() const noexcept {
    static constexpr wire::FailoverPolicy kDefault{};
    const auto* active = active_ ? find(*active_) : nullptr;
    return active != nullptr ? active->rules : kDefault;
}

/// The appointed one while it lives; else the lowest living id. Never one that has nothing to play,
/// nor one that has not said yet what it is: its next beat will, and it may be a mirror of the one
/// that is played.
const FailoverPolicy::Heard* FailoverPolicy::preferred(TimePoint now) const noexcept {
    const Heard* best = nullptr;
    // Who was heard first is played already. Another one that has not said what it is waits.
    const auto played = active_.value_or(heard_.empty() ? SourceId{} : heard_[0].source);
    for (const auto& heard : heard_) {
        const bool stranger = heard.source != played && !heard.beaten;
        if (!is_alive(heard, now) || heard.idle || stranger) continue;
        if (heard.source == appointment_.source) return &heard;
        if (best == nullptr || heard.source < best->source) best = &heard;
    }
    return best;
}

/// Whether somebody lives whose next beat tells whether he can be played.
bool FailoverPolicy::awaits_stranger(TimePoint now) const noexcept {
    return std::any_of(heard_.begin(), heard_.end(), [&](const Heard& heard) {
        return heard.source != active_ && !heard.beaten && is_alive(heard, now);
    });
}

/// Whether `other` shows that it is `active` that fell silent, and not we that hear nobody: it
/// spoke when a beat of `active` was already missing. One that was silent itself until now has to
/// live for as long as `active` may be silent: when a link is back, somebody is heard first.
bool FailoverPolicy::is_witness(const Heard& other, const Heard& active,
                                TimePoint now) const noexcept {
    const Duration beat = active.interval + grace(active.interval);
    return other.last - active.last > beat && now - other.alive_since > limit_of(active);
}

/// Who takes over from `active`, and why; nobody when it stays.
const FailoverPolicy::Heard* FailoverPolicy::successor(const Heard* active, TimePoint now,
                                                       SwitchReason& why) noexcept {
    const Heard* best = preferred(now);
    const bool appointed = appointment_.term > obeyed_term_;
    const auto* called = find(appointment_.source);
    if (called == nullptr || called->beaten)
        obeyed_term_ = std::max(obeyed_term_, appointment_.term);
    if (best == nullptr || (active != nullptr && best->source == active->source)) return nullptr;
    const auto because = [&](SwitchReason reason) {
        why = reason;
        return best;
    };
    if (active == nullptr) return because(SwitchReason::First);
    if (appointed && best->source == appointment_.source) return because(SwitchReason::Appointed);
    if (!is_alive(*active, now)) {
        const bool same = active->mirror && best->mirror;
        if (!active->rules.automatic && !same) return nullptr;
        if (active->gone) return because(SwitchReason::Goodbye);
        return is_witness(*best, *active, now) ? because(SwitchReason::Silent) : nullptr;
    }
    if (now < settled_at_ || active->idle) return because(SwitchReason::Settled);
    const Duration lockout = std::chrono::seconds{active->rules.lockout_s};
    if (active->rules.returns && now - best->alive_since >= std::max(lockout, kLeastReturn))
        return because(SwitchReason::Returned);
    return nullptr;
}

/// Woken much later than asked for: the stall is ours, and nobody is judged by it.
void FailoverPolicy::forgive_stall(TimePoint now) noexcept {
    for (auto& heard : heard_)
        if (judge_by_ != kNever && now - judge_by_ > heard.interval)
            heard.last = std::max(heard.last, now - heard.interval);
}

FailoverPolicy::Decision FailoverPolicy::judge(TimePoint now) noexcept {
    forgive_stall(now);
    judged_at_ = now;
    Decision decision;
    const Heard* active = active_ ? find(*active_) : nullptr;
    const bool active_alive = active != nullptr && is_alive(*active, now);
    if (active_alive) active_silent_ = false;
    if (const Heard* next = successor(active, now, decision.why)) {
        decision.play = active_ = next->source;
        active_silent_ = false;
    } else if (active != nullptr && !active_alive && !active_silent_ &&
               ((active->gone && !awaits_stranger(now)) ||
                now - active->last > options_.lone_patience)) {
        active_silent_ = true;
        decision.silent = active_;
    }
    plan();
    return decision;
}

/// When to be called again.
void FailoverPolicy::plan() noexcept {
    judge_by_ = look_by_ = kNever;
    const auto* active = active_ && !active_silent_ ? find(*active_) : nullptr;
    if (active == nullptr) return;
    const auto misses = active->last + limit_of(*active);
    judge_by_ = (misses >= judged_at_ ? misses : active->last + options_.lone_patience) + 1us;
    look_by_ = judged_at_ + active->interval * 3 / 2;
}

}  // namespace midinet::control
