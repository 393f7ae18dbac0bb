// What the history keeps of a show and of its machine.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace midinet::admin {

/// In the order of kMetrics. Names are columns of the database: none is ever renamed.
enum class Metric : std::uint8_t {
    EventsPerS,
    PlayedPerS,
    LostPerS,
    PacketLoss,
    Hosts,
    Clients,
    TransitP50,
    TransitP95,
    TransitP99,
    HealthScore,
    Cpu,
    MemoryUsed,
    Temperature,
    DiskUsed,
    ReceivedPerS,
    SentPerS,
};

struct MetricFacts {
    std::string_view name;
    std::string_view unit;
    bool of_device;  ///< else of the machine that the admin runs on
};

inline constexpr std::array<MetricFacts, 16> kMetrics{{
    {"events_per_s", "1/s", true},
    {"played_per_s", "1/s", true},
    {"lost_per_s", "1/s", true},
    {"packet_loss", "%", true},
    {"hosts", "1", true},
    {"clients", "1", true},
    {"transit_p50_us", "us", true},
    {"transit_p95_us", "us", true},
    {"transit_p99_us", "us", true},
    {"health_score", "1", true},
    {"cpu", "%", false},
    {"memory_used", "%", false},
    {"temperature_c", "C", false},
    {"disk_used", "%", false},
    {"received_per_s", "B/s", false},
    {"sent_per_s", "B/s", false},
}};

/// Nothing: there is no such metric.
constexpr std::optional<std::size_t> find_metric(std::string_view name) noexcept {
    for (std::size_t i = 0; i < kMetrics.size(); ++i)
        if (kMetrics[i].name == name) return i;
    return std::nullopt;
}

/// One second of one device, or of the machine.
struct Sample {
    static constexpr std::uint8_t kMachine = 0;
    std::int64_t at = 0;             ///< Units: s since 1970
    std::uint8_t device = kMachine;  ///< Range: 0..8
    std::array<std::optional<double>, kMetrics.size()> values{};
    std::optional<double>& operator[](Metric metric) noexcept {
        return values[static_cast<std::size_t>(metric)];
    }
    const std::optional<double>& operator[](Metric metric) const noexcept {
        return values[static_cast<std::size_t>(metric)];
    }
    friend bool operator==(const Sample&, const Sample&) = default;
};

}  // namespace midinet::admin
