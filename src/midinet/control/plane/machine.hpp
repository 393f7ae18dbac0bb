// How the machine of a host or client is, as it says itself. Normative: docs/wire_format.md §14.
#pragma once

#include "base/fixed_vector.hpp"
#include "base/time.hpp"
#include "base/types.hpp"
#include "control/plane/text.hpp"
#include "io/system_meter.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace midinet::control::plane {

/// Of a file system.
struct DiskSpace {
    Text<63> path{};              ///< of the directory that is meant
    std::uint64_t total = 0;      ///< bytes
    std::uint64_t available = 0;  ///< bytes
    std::uint64_t device = 0;     ///< of the file system, on its machine; 0: unknown
    friend bool operator==(const DiskSpace&, const DiskSpace&) = default;
};
/// Counted since the interface came.
struct InterfaceTraffic {
    Text<15> name{};
    std::uint32_t speed_mbit = 0;  ///< 0: it does not say
    std::uint64_t received_bytes = 0;
    std::uint64_t received_packets = 0;
    std::uint64_t received_errors = 0;
    std::uint64_t received_dropped = 0;
    std::uint64_t sent_bytes = 0;
    std::uint64_t sent_packets = 0;
    std::uint64_t sent_errors = 0;
    std::uint64_t sent_dropped = 0;
    friend bool operator==(const InterfaceTraffic&, const InterfaceTraffic&) = default;
};

/// What the system does not tell is absent, or 0 where nothing real could be.
struct MachineStatus {
    static constexpr std::uint16_t kWholeCpu = 1000;

    SenderId id{};    ///< Range: a host's 1..65535, or a client's with its top bit
    Text<63> name{};  ///< of the machine, as its status has it
    /// What all programs on one machine have in common while it is up: io::SystemReading has more.
    std::uint64_t machine = 0;
    /// Busy share of all cores since the status before. Units: per mille.
    std::optional<std::uint16_t> cpu{};
    std::optional<std::uint32_t> load_percent{};  ///< runnable tasks over a minute, times 100
    std::uint16_t cores = 0;
    std::uint64_t memory_total = 0;      ///< bytes
    std::uint64_t memory_available = 0;  ///< bytes that programs could have
    /// Of the hottest sensor, from absolute zero. Units: 0.01 K. 0: there is no sensor.
    std::uint16_t temperature = 0;
    std::uint64_t uptime_s = 0;  ///< of the machine; 0: it does not tell
    DiskSpace disk{};            ///< of the state directory
    /// Those that the program uses: the first, where there are more.
    FixedVector<InterfaceTraffic, 6> interfaces{};
    friend bool operator==(const MachineStatus&, const MachineStatus&) = default;
};

inline constexpr Duration kMachineInterval = 5s;

/// What a box says of `reading`: of its disks the first, of its interfaces those in `used`. The
/// caller fills in `id` and `name`. Pure, as the next one.
MachineStatus machine_status(const io::SystemReading& reading, std::span<const std::string> used);
/// The same as a meter has it.
io::SystemReading reading_of(const MachineStatus& status);

}  // namespace midinet::control::plane
