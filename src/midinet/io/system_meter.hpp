// How the machine itself is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace midinet::io {

struct DiskReading {
    std::string path;             ///< of which the file system is meant
    std::uint64_t total = 0;      ///< bytes
    std::uint64_t available = 0;  ///< bytes, to programs without privileges
    std::uint64_t device = 0;     ///< of the file system, on this machine; 0: unknown
};
/// Counted since the interface came.
struct InterfaceReading {
    std::string name;
    std::uint64_t received_bytes = 0;
    std::uint64_t received_packets = 0;
    std::uint64_t received_errors = 0;
    std::uint64_t received_dropped = 0;
    std::uint64_t sent_bytes = 0;
    std::uint64_t sent_packets = 0;
    std::uint64_t sent_errors = 0;
    std::uint64_t sent_dropped = 0;
    std::optional<std::uint32_t> speed_mbit;  ///< nothing: it does not say
};
/// What a system does not tell is absent, never zero.
struct SystemReading {
    /// Which machine: the same to all programs there, also in containers, until it is started anew;
    /// tells nobody else which one. 0: it does not say.
    std::uint64_t machine = 0;
    std::optional<double> cpu;   ///< busy share of all cores since the reading before. Range: 0..1
    std::optional<double> load;  ///< runnable tasks, averaged over a minute
    unsigned cores = 0;
    std::uint64_t memory_total = 0;      ///< bytes
    std::uint64_t memory_available = 0;  ///< bytes that programs could have
    std::optional<double> temperature;   ///< of the hottest sensor. Units: °C
    std::optional<double> uptime_s;
    std::vector<DiskReading> disks;
    std::vector<InterfaceReading> interfaces;  ///< by name; not the loopback
};

/// Thread: one.
class SystemMeter {
  public:
    virtual ~SystemMeter() = default;
    /// Asks the system now; some milliseconds at most.
    virtual SystemReading read() = 0;
};

}  // namespace midinet::io
