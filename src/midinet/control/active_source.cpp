#include "control/active_source.hpp"

#include <algorithm>

namespace midinet::control {

ActiveSource::Heard* ActiveSource::find(SourceId source) noexcept {
    auto* found = std::find_if(heard_.begin(), heard_.end(),
                               [&](const Heard& h) { return h.source == source; });
    return found == heard_.end() ? nullptr : found;
}

void ActiveSource::on_heard(SourceId source, Duration interval, TimePoint now) noexcept {
    if (auto* heard = find(source)) {
        if (heard->gone && now - heard->last < kFarewell) return;
        heard->last = std::max(heard->last, now);
        heard->interval = interval;
        heard->gone = false;
        return;
    }
    if (heard_.full()) {  // the one silent for longest makes room
        auto* oldest =
            std::min_element(heard_.begin(), heard_.end(),
                             [](const Heard& a, const Heard& b) { return a.last < b.last; });
        if (oldest->source == active_) return;
        heard_.swap_remove(static_cast<std::size_t>(oldest - heard_.begin()));
    }
    heard_.push_back({source, now, interval});
    if (settled_at_ == kNever) settled_at_ = now + options_.settling;
}

void ActiveSource::on_goodbye(SourceId source) noexcept {
    if (auto* heard = find(source)) heard->gone = true;
}

bool ActiveSource::is_alive(const Heard& heard, TimePoint now) const noexcept {
    return !heard.gone && now - heard.last <= heard.interval * options_.miss_threshold;
}

bool ActiveSource::alive(SourceId source, TimePoint now) const noexcept {
    return std::any_of(heard_.begin(), heard_.end(),
                       [&](const Heard& h) { return h.source == source && is_alive(h, now); });
}

const ActiveSource::Heard* ActiveSource::best(TimePoint now) const noexcept {
    const Heard* best = nullptr;
    for (const auto& heard : heard_)
        if (is_alive(heard, now) && (best == nullptr || heard.source < best->source)) best = &heard;
    return best;
}

ActiveSource::Decision ActiveSource::judge(TimePoint now) noexcept {
    for (auto& heard :
         heard_)  // woken much later than asked for: the stall is ours, and nobody is judged by it
        if (judge_by_ != kNever && now - judge_by_ > heard.interval)
            heard.last = std::max(heard.last, now - heard.interval);
    judged_at_ = now;

    Decision decision;
    const Heard* next = best(now);
    const Heard* active = active_ ? find(*active_) : nullptr;
    const bool active_alive = active != nullptr && is_alive(*active, now);
    if (active_alive) active_silent_ = false;
    const bool settling = now < settled_at_;
    if (next != nullptr &&
        (active == nullptr || !active_alive || (settling && next->source < *active_))) {
        if (active_ != next->source) decision.play = next->source;
        active_ = next->source;
        active_silent_ = false;
    } else if (active != nullptr && !active_alive && !active_silent_ &&
               (active->gone || now - active->last > options_.lone_patience)) {
        active_silent_ = true;
        decision.silent = active_;
    }
    judge_by_ = next_due();
    return decision;
}

TimePoint ActiveSource::next_due() const noexcept {
    if (!active_ || active_silent_) return kNever;
    for (const auto& heard : heard_) {
        if (heard.source != *active_) continue;
        const auto misses = heard.last + heard.interval * options_.miss_threshold;
        return (misses >= judged_at_ ? misses : heard.last + options_.lone_patience) + 1us;
    }
    return kNever;
}

}  // namespace midinet::control
