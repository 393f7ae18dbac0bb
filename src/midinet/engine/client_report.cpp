#include "engine/client_report.hpp"

namespace midinet::engine {
namespace {

namespace plane = control::plane;

std::uint32_t us32(Duration d) { return static_cast<std::uint32_t>(to_us(d)); }

plane::ClientCounters counters_of(const ClientStatus& status) {
    plane::ClientCounters counters{.played = status.output.messages + status.output.sysex,
                                   .corrections = status.corrections,
                                   .switches = status.switches,
                                   .silences = status.silences,
                                   .garbage = status.garbage,
                                   .withheld = status.withheld,
                                   .paired = status.pairing.second,
                                   .unpaired = status.pairing.unpaired};
    for (std::size_t i = 0; i < status.source_count; ++i) {
        const auto& c = status.sources[i].counters;
        counters.lost += c.lost;
        counters.repaired += c.repaired;
        counters.duplicates += c.duplicates;
    }
    return counters;
}

plane::HeardSource source_of(const SourceStatus& source) {
    return {.id = source.source,
            .epoch = source.epoch,
            .alive = source.alive,
            .whole = source.whole,
            .gap_p99_9_us = us32(source.gap_p999),
            .gap_longest_us = us32(source.closest_call),
            .lost = source.counters.lost};
}

/// Whether something was left for it. Whom a client plays at its start is no change of the show.
bool is_change(control::SwitchReason why) {
    return why != control::SwitchReason::First && why != control::SwitchReason::Settled;
}

}  // namespace

plane::ClientStatus client_report(const ClientStatus& status,
                                  const std::vector<std::string>& interfaces, TimePoint now) {
    plane::ClientStatus report{.port_open = status.port_open,
                               .active = status.active,
                               .term = status.appointment.term,
                               .counters = counters_of(status),
                               .transit_p50_us = us32(status.transit.quantile(0.5)),
                               .transit_p95_us = us32(status.transit.quantile(0.95)),
                               .transit_p99_us = us32(status.transit.quantile(0.99)),
                               .focus = status.focus,
                               .feedback_events = status.feedback.events,
                               .feedback_echoes = status.loops.echoes,
                               .feedback_cut = status.loops.cut,
                               .pipeline = status.pipeline};
    const auto& last = status.last_switch;
    if (last.to.value != 0 && is_change(last.why))
        report.last_switch = {.ago_ms = static_cast<std::uint64_t>(to_ms(now - last.at)),
                              .from = last.from,
                              .to = last.to,
                              .reason = plane::Reason{control::to_string(last.why)},
                              .took_us = us32(last.silence)};
    for (std::size_t i = 0; i < status.source_count; ++i)
        (void)report.sources.push_back(source_of(status.sources[i]));
    for (const auto& leg : status.legs) {
        const bool named = leg.interface < interfaces.size();
        (void)report.legs.push_back(
            {.sender = leg.sender,
             .interface = plane::InterfaceName{named ? interfaces[leg.interface] : ""},
             .unicast = leg.unicast,
             .datagrams = leg.datagrams,
             .missing = leg.missing});
    }
    return report;
}

/// An event near an edge may be counted a bucket too far: a bucket of the histogram is 3 % wide.
std::optional<plane::TransitStatus> transit_report(const Histogram& transit) {
    if (transit.count() == 0) return std::nullopt;
    plane::TransitStatus report{.p99_9_us = us32(transit.quantile(0.999)),
                                .max_us = us32(transit.max())};
    transit.for_each([&](Duration edge, std::uint64_t count) {
        const auto bucket = plane::transit_bucket(to_us(edge));
        while (report.counts.size() <= bucket) (void)report.counts.push_back(0);
        report.counts[bucket] += count;
    });
    return report;
}

}  // namespace midinet::engine
