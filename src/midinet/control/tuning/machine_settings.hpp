// What of a machine's settings matters to a thread that must not be late: read, not judged.
#pragma once

#include "io/setting_files.hpp"

#include <optional>
#include <string>
#include <vector>

namespace midinet::control::tuning {

/// How fast a group of CPUs runs, and who decides it.
struct CpuPolicy {
    std::string name;  ///< "policy0"
    std::string path;  ///< of its governor
    std::string governor;
    std::vector<std::string> available;  ///< governors; empty: it does not say
};

/// An interrupt line of a network card or of a USB host controller.
struct InterruptLine {
    unsigned number = 0;
    std::string user;       ///< as the kernel names it: "eth0", "xhci_hcd"
    std::string cpus;       ///< that may serve it: "0-3"
    std::string served_by;  ///< that does; empty: the kernel does not say
};

struct UsbMidiDevice {
    std::string place;    ///< the kernel's name of its socket: "1-1.2"
    std::string product;  ///< empty: it has no name
    std::string power;    ///< "auto" or "on"
};

/// Nothing: this kernel has no such setting.
struct MachineSettings {
    std::vector<CpuPolicy> cpu_policies;
    std::string online_cpus;  ///< "0-3"; empty: unknown
    std::vector<InterruptLine> interrupts;
    bool has_irqbalance = false;  ///< it runs, and moves interrupts by itself
    std::optional<std::string> receive_buffer_max;
    std::optional<std::string> send_buffer_max;
    std::optional<std::string> rt_runtime;  ///< Units: µs of each rt_period
    std::optional<std::string> rt_period;
    std::vector<UsbMidiDevice> usb_midi;
};

MachineSettings read_settings(const io::SettingFiles& files);

/// One line of /proc/interrupts: its number, and who it is for.
struct InterruptUse {
    unsigned number = 0;
    std::string user;
};
/// The lines of the network interfaces given, and those of USB host controllers, by number. Pure.
/// Source: proc(5): a heading with the CPUs, then for each line its number, a count for each CPU,
/// the controller and its pin, and its users.
std::vector<InterruptUse> interrupts_of(const std::string& proc_interrupts,
                                        const std::vector<std::string>& interfaces);

}  // namespace midinet::control::tuning
