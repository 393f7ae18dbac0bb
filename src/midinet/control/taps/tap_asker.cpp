#include "control/taps/tap_asker.hpp"

#include <algorithm>
#include <array>

namespace midinet::control {

std::string_view to_string(TapState state) noexcept {
    static constexpr std::array<std::string_view, 4> kWords{"asked", "live", "refused", "silent"};
    return kWords.at(static_cast<std::size_t>(state));
}

void TapAsker::enter(Lease& lease, TapState state, std::string why) {
    if (lease.news.state == state && lease.news.why == why) return;
    lease.news.state = state;
    lease.news.why = std::move(why);
    lease.news.changed = true;
}

/// A box that does not say what it tells of is of a version that does what it was asked last.
void TapAsker::enter_live(Lease& lease, const plane::TapReport& report) {
    enter(lease, TapState::Live, {});
    const plane::TapPoints told = report.points == 0 ? lease.tap.points : report.points;
    const auto points = static_cast<plane::TapPoints>(told & lease.tap.points);
    lease.news.changed |= points != lease.news.points;
    lease.news.points = points;
}

void TapAsker::want(const Wants& wants, TimePoint now) {
    for (auto at = leases_.begin(); at != leases_.end();) {
        if (wants.contains(at->first)) {
            ++at;
            continue;
        }
        auto last = at->second.tap;
        last.points = 0;
        goodbyes_.push_back(last);
        at = leases_.erase(at);
    }
    for (const auto& [box, points] : wants) {
        auto& lease = leases_[box];
        if (lease.tap.points == points) continue;
        if (lease.tap.id == 0) {
            lease.tap = {std::max<std::uint64_t>(random_.next(), 1), own_, box, 0, 0};
            lease.heard = now;
            lease.news.box = box;
            lease.news.changed = true;
        }
        lease.tap.points = points;
        lease.news.points &= points;
        lease.next = now;
        lease.pause = kFirstRepeat;
    }
}

void TapAsker::tell_anew() {
    for (auto& [box, lease] : leases_) lease.news.changed = true;
}

/// Reports that were overtaken count as lost: the next one said what they held.
void TapAsker::take_events(Lease& lease, const plane::TapReport& report, TimePoint now) {
    if (report.run != lease.run) {
        lease.run = report.run;
        lease.number = 0;
        lease.accounted = report.before;
        lease.dropped = 0;
    }
    if (static_cast<std::int32_t>(report.number - lease.number) <= 0) return;
    lease.number = report.number;
    if (report.before > lease.accounted) lease.news.lost += report.before - lease.accounted;
    lease.accounted = report.before + report.events.count();
    if (report.dropped > lease.dropped) lease.news.dropped += report.dropped - lease.dropped;
    lease.dropped = report.dropped;
    plane::TapEvents::Reader reader(report.events, now);
    plane::TapEvent event;
    while (reader.next(event)) {
        if (lease.news.events.size() < kMostEvents)
            lease.news.events.push_back(event);
        else
            ++lease.news.dropped;
    }
}

void TapAsker::on_report(const plane::TapReport& report, TimePoint now) {
    const auto found = leases_.find(report.from);
    if (found == leases_.end() || found->second.tap.id != report.tap) return;
    auto& lease = found->second;
    lease.heard = now;
    lease.pause = kRenewal;
    if (report.answer == plane::TapAnswer::Refused)
        return enter(lease, TapState::Refused, std::string(report.why.view()));
    enter_live(lease, report);
    take_events(lease, report, now);
}

void TapAsker::say(TimePoint now, const std::function<void(const plane::Tap&)>& send) {
    for (const auto& goodbye : goodbyes_) send(goodbye);
    goodbyes_.clear();
    for (auto& [box, lease] : leases_) {
        if (now - lease.heard >= kSilence)
            enter(lease, TapState::Silent,
                  "it does not answer: it is gone, its answers are lost on their way, or its "
                  "version has no taps");
        if (now < lease.next) continue;
        ++lease.tap.again;
        send(lease.tap);
        lease.next = now + lease.pause;
        lease.pause = std::min(2 * lease.pause, kRenewal);
    }
}

bool TapAsker::has_news() const noexcept {
    return std::any_of(leases_.begin(), leases_.end(), [](const auto& entry) {
        const auto& news = entry.second.news;
        return news.changed || !news.events.empty() || news.dropped != 0 || news.lost != 0;
    });
}

std::vector<TapNews> TapAsker::take_news() {
    std::vector<TapNews> all;
    for (auto& [box, lease] : leases_) {
        auto& news = lease.news;
        if (!news.changed && news.events.empty() && news.dropped == 0 && news.lost == 0) continue;
        all.push_back(std::move(news));
        const auto& told = all.back();
        news = {.box = box, .state = told.state, .why = told.why, .points = told.points};
    }
    return all;
}

TimePoint TapAsker::next_due() const noexcept {
    TimePoint due = goodbyes_.empty() ? kNever : TimePoint{};
    for (const auto& [box, lease] : leases_) due = std::min(due, lease.next);
    return due;
}

}  // namespace midinet::control
