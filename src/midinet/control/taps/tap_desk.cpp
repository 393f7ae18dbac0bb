#include "control/taps/tap_desk.hpp"

#include <algorithm>

namespace midinet::control {

using plane::TapReport;

namespace {

std::uint64_t since_start_us(TimePoint now) noexcept { return to_us(now.time_since_epoch()); }

bool is_for(const plane::TapEvent& event, plane::TapPoints points) noexcept {
    return (points & bit(event.point)) != 0;
}

}  // namespace

TapDesk::Lease* TapDesk::find(const plane::Tap& tap) noexcept {
    const auto found = std::find_if(leases_.begin(), leases_.end(), [&](const Lease& lease) {
        return lease.id == tap.id && lease.asker == tap.from;
    });
    return found == leases_.end() ? nullptr : &*found;
}

TapReport TapDesk::refusal(const plane::Tap& tap, std::string_view why) const {
    TapReport report;
    report.tap = tap.id;
    report.from = own_;
    report.answer = plane::TapAnswer::Refused;
    report.why = decltype(report.why){why};
    return report;
}

TapReport TapDesk::next_report(Lease& lease, TimePoint now) const {
    TapReport report;
    report.tap = lease.id;
    report.from = own_;
    report.run = lease.run;
    report.number = ++lease.reports;
    report.before = lease.events;
    report.dropped = lease.dropped_told = lease.dropped;
    report.sent_us = since_start_us(now);
    report.points = lease.points;
    return report;
}

std::optional<TapReport> TapDesk::on_tap(const plane::Tap& tap, const Seat& from, TimePoint now,
                                         std::uint64_t overflowed) {
    if (tap.to != own_) return std::nullopt;
    (void)wanted(now);
    Lease* lease = find(tap);
    if (tap.points == 0) {
        if (lease != nullptr) leases_.erase(leases_.begin() + (lease - leases_.data()));
        return std::nullopt;
    }
    if ((tap.points & ~offered_) != 0)
        return refusal(tap, offered_ == plane::kClientTaps
                                ? "a client has the tap delivered alone"
                                : "a host has the taps in, out and lights");
    if (lease == nullptr) {
        if (leases_.size() >= kMostAskers)
            return refusal(tap, "four others listen to it already, which is the most: end one");
        lease = &leases_.emplace_back(Lease{.id = tap.id,
                                            .asker = tap.from,
                                            .again = tap.again - 1,
                                            .run = static_cast<std::uint32_t>(random_.next()),
                                            .overflow_seen = overflowed});
        if (leases_.size() == 1) next_round_ = now + kRound;
    }
    // A copy by another network, or one that was overtaken.
    if (static_cast<std::int32_t>(tap.again - lease->again) <= 0) return std::nullopt;
    lease->again = tap.again;
    lease->seat = from;
    lease->points = tap.points;
    lease->until = now + plane::kTapLease;
    return next_report(*lease, now);
}

plane::TapPoints TapDesk::wanted(TimePoint now) {
    std::erase_if(leases_, [now](const Lease& lease) { return now >= lease.until; });
    plane::TapPoints points = 0;
    for (const auto& lease : leases_) points |= lease.points;
    return points;
}

void TapDesk::report_to(Lease& lease, std::span<const plane::TapEvent> events, TimePoint now,
                        const Send& send) const {
    std::optional<TapReport> open;
    unsigned sent = 0;
    const auto close = [&] {
        lease.events += open->events.count();
        send(lease.seat, *open);
        open.reset();
        ++sent;
    };
    for (const auto& event : events) {
        if (!is_for(event, lease.points)) continue;
        if (open && open->events.add(event, now)) continue;
        if (open) close();
        if (sent >= kReportsPerRound) {
            ++lease.dropped;
            continue;
        }
        open = next_report(lease, now);
        (void)open->events.add(event, now);
    }
    if (open) close();
    if (sent == 0 && lease.dropped != lease.dropped_told) send(lease.seat, next_report(lease, now));
}

void TapDesk::report(std::span<const plane::TapEvent> events, std::uint64_t overflowed,
                     TimePoint now, const Send& send) {
    (void)wanted(now);
    next_round_ = now + kRound;
    for (auto& lease : leases_) {
        lease.dropped += overflowed - lease.overflow_seen;
        lease.overflow_seen = overflowed;
        report_to(lease, events, now, send);
    }
}

}  // namespace midinet::control
