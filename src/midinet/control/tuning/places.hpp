// Where Linux keeps what is tuned, and where we keep what was there before.
#pragma once

#include <string>
#include <string_view>

namespace midinet::control::tuning::places {

inline const std::string kCpuPolicies = "/sys/devices/system/cpu/cpufreq";
inline const std::string kOnlineCpus = "/sys/devices/system/cpu/online";
inline const std::string kInterfaces = "/sys/class/net";
inline const std::string kUsbDevices = "/sys/bus/usb/devices";
inline const std::string kInterrupts = "/proc/interrupts";
inline const std::string kIrqbalance = "/run/irqbalance";  ///< its socket, while it runs
inline const std::string kReceiveBufferMax = "/proc/sys/net/core/rmem_max";
inline const std::string kSendBufferMax = "/proc/sys/net/core/wmem_max";
inline const std::string kRtRuntime = "/proc/sys/kernel/sched_rt_runtime_us";
inline const std::string kRtPeriod = "/proc/sys/kernel/sched_rt_period_us";
inline const std::string kBootId = "/proc/sys/kernel/random/boot_id";
/// Below /run nobody but root writes, and nothing is left when the machine starts anew.
inline const std::string kRecord = "/run/midinet-tune/former.json";

inline std::string below(const std::string& folder, const std::string& name) {
    return folder + '/' + name;
}
inline std::string affinity(unsigned interrupt) {
    return "/proc/irq/" + std::to_string(interrupt) + "/smp_affinity_list";
}
inline std::string effective_affinity(unsigned interrupt) {
    return "/proc/irq/" + std::to_string(interrupt) + "/effective_affinity_list";
}
inline std::string usb_power(const std::string& place) {
    return below(kUsbDevices, place) + "/power/control";
}

/// Whether it is one of those above that are set: a record of former values names no others. Pure.
bool is_setting(std::string_view path);

}  // namespace midinet::control::tuning::places
