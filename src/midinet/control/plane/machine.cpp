#include "control/plane/machine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace midinet::control::plane {
namespace {

constexpr double kFreezing = 273.15;  ///< 0 °C in K
constexpr double kHundredths = 100;

/// The nearest whole number that T has.
template <typename T>
T whole(double value) {
    constexpr auto kMost = static_cast<double>(std::numeric_limits<T>::max());
    return static_cast<T>(std::lround(std::clamp(value, 0.0, kMost)));
}

InterfaceTraffic traffic_of(const io::InterfaceReading& one) {
    return {.name = Text<15>{one.name},
            .speed_mbit = one.speed_mbit.value_or(0),
            .received_bytes = one.received_bytes,
            .received_packets = one.received_packets,
            .received_errors = one.received_errors,
            .received_dropped = one.received_dropped,
            .sent_bytes = one.sent_bytes,
            .sent_packets = one.sent_packets,
            .sent_errors = one.sent_errors,
            .sent_dropped = one.sent_dropped};
}

io::InterfaceReading reading_of(const InterfaceTraffic& one) {
    return {.name = std::string(one.name.view()),
            .received_bytes = one.received_bytes,
            .received_packets = one.received_packets,
            .received_errors = one.received_errors,
            .received_dropped = one.received_dropped,
            .sent_bytes = one.sent_bytes,
            .sent_packets = one.sent_packets,
            .sent_errors = one.sent_errors,
            .sent_dropped = one.sent_dropped,
            .speed_mbit = one.speed_mbit != 0 ? std::optional(one.speed_mbit) : std::nullopt};
}

}  // namespace

MachineStatus machine_status(const io::SystemReading& reading, std::span<const std::string> used) {
    MachineStatus status;
    status.machine = reading.machine;
    if (reading.cpu)
        status.cpu = whole<std::uint16_t>(std::min(*reading.cpu, 1.0) * MachineStatus::kWholeCpu);
    if (reading.load) status.load_percent = whole<std::uint32_t>(*reading.load * kHundredths);
    status.cores = whole<std::uint16_t>(reading.cores);
    status.memory_total = reading.memory_total;
    status.memory_available = reading.memory_available;
    if (reading.temperature)
        status.temperature = std::max<std::uint16_t>(
            1, whole<std::uint16_t>((*reading.temperature + kFreezing) * kHundredths));
    status.uptime_s = static_cast<std::uint64_t>(std::max(reading.uptime_s.value_or(0), 0.0));
    if (!reading.disks.empty()) {
        const auto& disk = reading.disks.front();
        status.disk = {Text<63>{disk.path}, disk.total, disk.available, disk.device};
    }
    for (const auto& one : reading.interfaces)
        if (std::find(used.begin(), used.end(), one.name) != used.end())
            (void)status.interfaces.push_back(traffic_of(one));
    return status;
}

io::SystemReading reading_of(const MachineStatus& status) {
    io::SystemReading reading;
    reading.machine = status.machine;
    if (status.cpu) reading.cpu = static_cast<double>(*status.cpu) / MachineStatus::kWholeCpu;
    if (status.load_percent) reading.load = *status.load_percent / kHundredths;
    reading.cores = status.cores;
    reading.memory_total = status.memory_total;
    reading.memory_available = status.memory_available;
    if (status.temperature != 0)  // to a hundredth: 47.85, not 47.850000000000023
        reading.temperature =
            std::round(status.temperature - kFreezing * kHundredths) / kHundredths;
    if (status.uptime_s != 0) reading.uptime_s = static_cast<double>(status.uptime_s);
    if (status.disk.total != 0)
        reading.disks.push_back({std::string(status.disk.path.view()), status.disk.total,
                                 status.disk.available, status.disk.device});
    for (const auto& one : status.interfaces) reading.interfaces.push_back(reading_of(one));
    return reading;
}

}  // namespace midinet::control::plane
