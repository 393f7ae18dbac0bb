#include "engine/status_line.hpp"

#include "base/verify.hpp"

#include <fmt/core.h>

namespace midinet::engine {

std::string status_line(const ClientStatus& status, std::uint64_t dropped, DeviceSlot slot) {
    path::StreamCounters sum;
    for (std::size_t i = 0; i < status.source_count; ++i) {
        const auto& c = status.sources[i].counters;
        sum.delivered += c.delivered;
        sum.lost += c.lost;
        sum.repaired += c.repaired;
        sum.duplicates += c.duplicates;
        sum.nacks += c.nacks;
    }
    return fmt::format(
        R"({{"device":{},"active":{},"delivered":{},"lost":{},"repaired":{},"duplicates":{},"nacks":{},"played":{},"corrections":{},)"
        R"("transit_p50_us":{},"transit_p99_us":{},"dropped":{},"internal_faults":{}}})",
        slot.value, status.active.value, sum.delivered, sum.lost, sum.repaired, sum.duplicates,
        sum.nacks, status.output.messages, status.corrections, to_us(status.transit.quantile(0.5)),
        to_us(status.transit.quantile(0.99)), dropped, internal_faults());
}

}  // namespace midinet::engine
