// A machine's settings in memory.
#pragma once

#include "io/setting_files.hpp"

#include <map>
#include <set>

namespace midinet::control::testing {

struct FakeSettings final : io::SettingFiles {
    std::map<std::string, std::string> files;
    std::set<std::string> read_only;  ///< the system refuses to change them
    std::set<std::string> deaf;       ///< takes a value, and keeps its own
    bool root = true;
    bool full = false;  ///< no file of ours can be kept
    int writes = 0;

    bool may_change() const override { return root; }
    std::vector<std::string> names_in(const std::string& folder) const override {
        std::set<std::string> names;
        const auto front = folder + '/';
        for (const auto& [path, text] : files)
            if (path.starts_with(front))
                names.insert(
                    path.substr(front.size(), path.find('/', front.size()) - front.size()));
        return {names.begin(), names.end()};
    }
    std::optional<std::string> read(const std::string& path) const override {
        const auto at = files.find(path);
        return at == files.end() ? std::nullopt : std::optional(at->second);
    }
    Result<void> write(const std::string& path, const std::string& value) override {
        ++writes;
        if (!files.contains(path)) return fail("No such file or directory");
        if (read_only.contains(path)) return fail("Permission denied");
        if (!deaf.contains(path)) files[path] = value;
        return {};
    }
    Result<void> keep(const std::string& path, const std::string& text) override {
        if (full) return fail("cannot write " + path + " (No space left on device)");
        files[path] = text;
        return {};
    }
    Result<void> forget(const std::string& path) override {
        files.erase(path);
        return {};
    }
};

/// Two groups of CPUs, a card with an interrupt of its own name and another that only lists them, a
/// USB controller, a MIDI device that may sleep and a camera.
inline FakeSettings stage_machine() {
    FakeSettings machine;
    machine.files = {
        {"/sys/devices/system/cpu/online", "0-3"},
        {"/sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "ondemand"},
        {"/sys/devices/system/cpu/cpufreq/policy0/scaling_available_governors",
         "performance ondemand powersave "},
        {"/sys/devices/system/cpu/cpufreq/policy2/scaling_governor", "performance"},
        {"/sys/class/net/lo/mtu", "65536"},
        {"/sys/class/net/eth0/device/uevent", ""},
        {"/sys/class/net/wlan0/device/msi_irqs/51", ""},
        {"/proc/interrupts",
         "           CPU0       CPU1       CPU2       CPU3       \n"
         " 11:     123456          0          0          0     GICv2  30 Level     arch_timer\n"
         " 39:      45678          0          0          0     GICv2 189 Level     eth0\n"
         " 40:         17          0          0          0     GICv2 190 Level     eth0\n"
         " 50:       9999          0          0          0  PCI-MSI 524288 Edge      xhci_hcd\n"
         " 51:          1          0          0          0  PCI-MSI 524289 Edge      iwl, wifi\n"
         "IPI0:      1234       1234       1234       1234       Rescheduling interrupts\n"
         "Err:          0\n"},
        {"/proc/irq/39/smp_affinity_list", "0-3"},
        {"/proc/irq/40/smp_affinity_list", "2"},
        {"/proc/irq/50/smp_affinity_list", "0-3"},
        {"/proc/irq/50/effective_affinity_list", "0"},
        {"/proc/irq/51/smp_affinity_list", "0-3"},
        {"/proc/sys/net/core/rmem_max", "212992"},
        {"/proc/sys/net/core/wmem_max", "8388608"},
        {"/proc/sys/kernel/sched_rt_runtime_us", "500000"},
        {"/proc/sys/kernel/sched_rt_period_us", "1000000"},
        {"/proc/sys/kernel/random/boot_id", "first"},
        {"/sys/bus/usb/devices/1-1.2/power/control", "auto"},
        {"/sys/bus/usb/devices/1-1.2/product", "APC40"},
        {"/sys/bus/usb/devices/1-1.2:1.0/bInterfaceClass", "01"},
        {"/sys/bus/usb/devices/1-1.2:1.0/bInterfaceSubClass", "01"},
        {"/sys/bus/usb/devices/1-1.2:1.1/bInterfaceClass", "01"},
        {"/sys/bus/usb/devices/1-1.2:1.1/bInterfaceSubClass", "03"},
        {"/sys/bus/usb/devices/1-1.3/power/control", "auto"},
        {"/sys/bus/usb/devices/1-1.3:1.0/bInterfaceClass", "0e"},
        {"/sys/bus/usb/devices/1-1.3:1.0/bInterfaceSubClass", "01"},
    };
    return machine;
}

}  // namespace midinet::control::testing
